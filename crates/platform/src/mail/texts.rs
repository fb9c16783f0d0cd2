//! What people read in a mail. Plain text in two languages: what happened, when, at which Keepwell,
//! and what to do if it was somebody else. No name, no address, nothing recorded, no link that does
//! anything by itself: an invitation's link shows what is offered.

use jiff::Zoned;

use super::{CODE_MINUTES, Language, Template};
use crate::notices::What;

/// A mail as it is read.
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) body: String,
}

/// Subject, what happened, and what to do.
type Words = (&'static str, &'static str, &'static str);

/// Writes a mail.
pub(super) fn write(template: &Template, language: Language, at: &Zoned, origin: &str) -> Text {
    let ((subject, happened, advice), code) = match template {
        Template::Notice(what) => (notice(*what, language), None),
        Template::Invitation(_) => (invitation(language), None),
        Template::VerifyAddress(code) => (verify_address(language), Some(code)),
        Template::LeaveAddress(code) => (leave_address(language), Some(code)),
        Template::EnterAddress(code) => (enter_address(language), Some(code)),
    };
    let code = code.map_or_else(String::new, |code| {
        // In two halves, as people read numbers out.
        let (first, last) = code.0.split_at_checked(4).unwrap_or((&code.0, ""));
        match language {
            Language::En => {
                format!("    {first} {last}\n\nIt is valid for {CODE_MINUTES} minutes.\n\n")
            }
            Language::De => {
                format!("    {first} {last}\n\nEr gilt {CODE_MINUTES} Minuten.\n\n")
            }
        }
    });
    let link = match template {
        Template::Invitation(link) => format!("    {}\n\n", link.0),
        Template::Notice(_)
        | Template::VerifyAddress(_)
        | Template::LeaveAddress(_)
        | Template::EnterAddress(_) => String::new(),
    };
    let when = match language {
        Language::En => {
            format!("When:   {}\nWhere:  {origin}", at.strftime("%Y-%m-%d, %H:%M UTC"))
        }
        Language::De => {
            format!("Wann:  {}\nWo:    {origin}", at.strftime("%d.%m.%Y, %H:%M UTC"))
        }
    };
    let end = match language {
        Language::En => {
            "Keepwell sent this by itself; nobody reads an answer. It never asks for a\n\
             password or a code by mail."
        }
        Language::De => {
            "Keepwell hat das von selbst geschickt; eine Antwort liest niemand. Es fragt\n\
             nie per Mail nach einem Passwort oder Code."
        }
    };
    let body = format!("{happened}\n\n{code}{link}{when}\n\n{advice}\n\n{end}\n");
    Text { subject: format!("Keepwell: {subject}"), body }
}

fn invitation(language: Language) -> Words {
    match language {
        Language::En => (
            "somebody invites you",
            "Somebody wants to share a part of their diary with you. The link shows who it is and\n\
             what is offered, before you decide. It works once, for seven days.",
            "Whoever has the link can accept: keep it to yourself. If you expect no invitation,\n\
             delete this mail.",
        ),
        Language::De => (
            "jemand lädt Sie ein",
            "Jemand möchte einen Teil seines Tagebuchs mit Ihnen teilen. Der Link zeigt, wer es\n\
             ist und was angeboten wird, bevor Sie entscheiden. Er gilt einmal, sieben Tage lang.",
            "Wer den Link hat, kann annehmen: Behalten Sie ihn für sich. Wenn Sie keine\n\
             Einladung erwarten, löschen Sie diese Mail.",
        ),
    }
}

#[expect(clippy::too_many_lines, reason = "a list of texts reads best whole")]
fn notice(what: What, language: Language) -> Words {
    use Language::{De, En};
    match (what, language) {
        (What::SignedIn, En) => (
            "signed in from a new device",
            "Somebody signed in to your account from a device that Keepwell did not know.",
            "If this was you, there is nothing to do. If not: sign in, end the other\n\
             sessions under \"Account\", and set a new password.",
        ),
        (What::SignedIn, De) => (
            "Anmeldung von einem neuen Gerät",
            "Jemand hat sich von einem Gerät angemeldet, das Keepwell noch nicht kannte.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht: Melden Sie sich an, beenden\n\
             Sie unter „Konto“ die anderen Sitzungen und setzen Sie ein neues Passwort.",
        ),
        (What::SecondStepFailed, En) => (
            "a second step failed",
            "Somebody gave the right password for your account, and a wrong second step.",
            "If this was you, there is nothing to do. If not, somebody knows your password:\n\
             sign in and set a new one.",
        ),
        (What::SecondStepFailed, De) => (
            "zweiter Schritt fehlgeschlagen",
            "Jemand hat das richtige Passwort Ihres Kontos eingegeben, aber einen falschen\n\
             zweiten Schritt.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht, kennt jemand Ihr Passwort:\n\
             Melden Sie sich an und setzen Sie ein neues.",
        ),
        (What::PasswordChanged, En) => (
            "your password was changed",
            "The password of your account was changed. Every other session was ended.",
            "If this was you, there is nothing to do. If not: come back with your recovery\n\
             code, which sets a new password.",
        ),
        (What::PasswordChanged, De) => (
            "Ihr Passwort wurde geändert",
            "Das Passwort Ihres Kontos wurde geändert. Alle anderen Sitzungen wurden beendet.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht: Kommen Sie mit Ihrem\n\
             Wiederherstellungscode zurück; damit setzen Sie ein neues Passwort.",
        ),
        (What::SecondStepAdded, En) => (
            "a second step was added",
            "A second step for signing in was added to your account.",
            "If this was you, there is nothing to do. If not: sign in, remove it under\n\
             \"Account\", and set a new password.",
        ),
        (What::SecondStepAdded, De) => (
            "zweiter Schritt hinzugefügt",
            "Ihrem Konto wurde ein zweiter Schritt für die Anmeldung hinzugefügt.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht: Melden Sie sich an, entfernen\n\
             Sie ihn unter „Konto“ und setzen Sie ein neues Passwort.",
        ),
        (What::SecondStepRemoved, En) => (
            "a second step was removed",
            "A second step for signing in was removed from your account.",
            "If this was you, there is nothing to do. If not: sign in, add it again, and set\n\
             a new password.",
        ),
        (What::SecondStepRemoved, De) => (
            "zweiter Schritt entfernt",
            "Ein zweiter Schritt für die Anmeldung wurde aus Ihrem Konto entfernt.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht: Melden Sie sich an, fügen Sie\n\
             ihn wieder hinzu und setzen Sie ein neues Passwort.",
        ),
        (What::KeyCopied, En) => (
            "a security key may have been copied",
            "One of your security keys or passkeys counted less than before, so there may be\n\
             a copy of it. It was refused.",
            "Sign in, remove that key under \"Account\", and add another one.",
        ),
        (What::KeyCopied, De) => (
            "ein Sicherheitsschlüssel wurde vielleicht kopiert",
            "Einer Ihrer Sicherheitsschlüssel oder Passkeys hat weniger gezählt als zuvor.\n\
             Vielleicht gibt es eine Kopie davon. Er wurde abgelehnt.",
            "Melden Sie sich an, entfernen Sie diesen Schlüssel unter „Konto“ und fügen Sie\n\
             einen anderen hinzu.",
        ),
        (What::RecoveryCodeMade, En) => (
            "a new recovery code was made",
            "A new recovery code was made for your account. The one before no longer opens.",
            "If this was you, keep it in a safe place. If not: sign in, set a new password,\n\
             and make another code.",
        ),
        (What::RecoveryCodeMade, De) => (
            "neuer Wiederherstellungscode",
            "Für Ihr Konto wurde ein neuer Wiederherstellungscode erzeugt. Der bisherige gilt\n\
             nicht mehr.",
            "Wenn Sie das waren, bewahren Sie ihn sicher auf. Wenn nicht: Melden Sie sich an,\n\
             setzen Sie ein neues Passwort und erzeugen Sie einen anderen Code.",
        ),
        (What::SingleUseCodesMade, En) => (
            "new single-use codes were made",
            "New single-use codes were made for your account. Those before no longer count.",
            "If this was you, keep them in a safe place. If not: sign in, set a new password,\n\
             and make other codes.",
        ),
        (What::SingleUseCodesMade, De) => (
            "neue Einmalcodes",
            "Für Ihr Konto wurden neue Einmalcodes erzeugt. Die bisherigen gelten nicht mehr.",
            "Wenn Sie das waren, bewahren Sie sie sicher auf. Wenn nicht: Melden Sie sich an,\n\
             setzen Sie ein neues Passwort und erzeugen Sie andere Codes.",
        ),
        (What::Recovered, En) => (
            "your account was recovered",
            "Somebody came back to your account with the recovery code. Every other session\n\
             was ended.",
            "If this was you, there is nothing to do. If not, somebody has your recovery code:\n\
             tell whoever runs this Keepwell at once.",
        ),
        (What::Recovered, De) => (
            "Ihr Konto wurde wiederhergestellt",
            "Jemand ist mit dem Wiederherstellungscode in Ihr Konto zurückgekommen. Alle\n\
             anderen Sitzungen wurden beendet.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht, hat jemand Ihren Code: Sagen\n\
             Sie sofort Bescheid, wo dieses Keepwell betrieben wird.",
        ),
        (What::EmailChanged, En) => (
            "the e-mail address was changed",
            "Your account has another e-mail address from now on. It is what you sign in with.",
            "If this was you, there is nothing to do. If not: tell whoever runs this Keepwell\n\
             at once.",
        ),
        (What::EmailChanged, De) => (
            "E-Mail-Adresse geändert",
            "Ihr Konto hat ab jetzt eine andere E-Mail-Adresse. Mit ihr melden Sie sich an.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht: Sagen Sie sofort Bescheid, wo\n\
             dieses Keepwell betrieben wird.",
        ),
        (What::TokenMade, En) => (
            "a token was made",
            "A token was made with which another program can reach your account.",
            "If this was you, there is nothing to do. If not: sign in, end it under \"Account\",\n\
             and set a new password.",
        ),
        (What::TokenMade, De) => (
            "Zugangstoken erzeugt",
            "Es wurde ein Token erzeugt, mit dem ein anderes Programm Ihr Konto erreicht.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht: Melden Sie sich an, beenden\n\
             Sie es unter „Konto“ und setzen Sie ein neues Passwort.",
        ),
        (What::TokenEnded, En) => (
            "a token was ended",
            "A token of your account was ended. The program that had it no longer gets in.",
            "If this was you, there is nothing to do. If not: sign in and set a new password.",
        ),
        (What::TokenEnded, De) => (
            "Zugangstoken beendet",
            "Ein Token Ihres Kontos wurde beendet. Das Programm, das es hatte, kommt nicht\n\
             mehr herein.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht: Melden Sie sich an und setzen\n\
             Sie ein neues Passwort.",
        ),
        (What::AccessGiven, En) => (
            "somebody was let in",
            "Somebody else was given access to a part of your data.",
            "If this was you, there is nothing to do. If not: sign in, take it back, and set a\n\
             new password.",
        ),
        (What::AccessGiven, De) => (
            "Zugriff gewährt",
            "Jemand anders hat Zugriff auf einen Teil Ihrer Daten bekommen.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht: Melden Sie sich an, nehmen Sie\n\
             ihn zurück und setzen Sie ein neues Passwort.",
        ),
        (What::ExportReady, En) => (
            "your export is ready",
            "The export that was asked for can be fetched.",
            "Sign in to fetch it. If you did not ask for one: set a new password.",
        ),
        (What::ExportReady, De) => (
            "Ihr Export ist fertig",
            "Der angeforderte Export kann abgeholt werden.",
            "Melden Sie sich an, um ihn abzuholen. Wenn Sie keinen angefordert haben: Setzen\n\
             Sie ein neues Passwort.",
        ),
        (What::DeletionRequested, En) => (
            "your account will be deleted",
            "Somebody asked for your account to be deleted, with everything in it.",
            "If this was you, there is nothing to do. If not: sign in, take it back, and set a\n\
             new password.",
        ),
        (What::DeletionRequested, De) => (
            "Ihr Konto wird gelöscht",
            "Jemand hat verlangt, dass Ihr Konto mit allem darin gelöscht wird.",
            "Wenn Sie das waren, ist nichts zu tun. Wenn nicht: Melden Sie sich an, nehmen Sie\n\
             es zurück und setzen Sie ein neues Passwort.",
        ),
    }
}

fn verify_address(language: Language) -> Words {
    match language {
        Language::En => (
            "confirm your e-mail address",
            "Type this code in Keepwell to confirm that you read mail at this address:",
            "If you did not ask for it, there is nothing to do.",
        ),
        Language::De => (
            "Bestätigen Sie Ihre E-Mail-Adresse",
            "Geben Sie diesen Code in Keepwell ein, um zu bestätigen, dass Sie unter dieser\n\
             Adresse Mails lesen:",
            "Wenn Sie ihn nicht angefordert haben, ist nichts zu tun.",
        ),
    }
}

fn leave_address(language: Language) -> Words {
    match language {
        Language::En => (
            "confirm your new e-mail address",
            "Your account shall get another e-mail address. This is the first of two codes;\n\
             the other one goes to the new address:",
            "If you did not ask for it, somebody is signed in to your account: sign in, end\n\
             the other sessions under \"Account\", and set a new password.",
        ),
        Language::De => (
            "Bestätigen Sie Ihre neue E-Mail-Adresse",
            "Ihr Konto soll eine andere E-Mail-Adresse bekommen. Dies ist der erste von zwei\n\
             Codes; der andere geht an die neue Adresse:",
            "Wenn Sie das nicht verlangt haben, ist jemand in Ihrem Konto angemeldet: Melden\n\
             Sie sich an, beenden Sie unter „Konto“ die anderen Sitzungen und setzen Sie ein\n\
             neues Passwort.",
        ),
    }
}

fn enter_address(language: Language) -> Words {
    match language {
        Language::En => (
            "confirm your new e-mail address",
            "An account shall get this e-mail address. This is the second of two codes; the\n\
             other one went to the address it has now:",
            "If you did not ask for it, somebody mistyped an address: there is nothing to do.",
        ),
        Language::De => (
            "Bestätigen Sie Ihre neue E-Mail-Adresse",
            "Ein Konto soll diese E-Mail-Adresse bekommen. Dies ist der zweite von zwei Codes;\n\
             der andere ging an die bisherige Adresse:",
            "Wenn Sie das nicht verlangt haben, hat sich jemand vertippt: Es ist nichts zu tun.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{Timestamp, tz::TimeZone};

    use super::*;
    use crate::mail::{Code, Link};

    fn templates() -> Vec<Template> {
        let code = || Code("12345678".to_owned());
        let codes = [
            Template::VerifyAddress(code()),
            Template::LeaveAddress(code()),
            Template::EnterAddress(code()),
            Template::Invitation(Link("https://diary.example/invitation#secret".to_owned())),
        ];
        What::ALL.map(Template::Notice).into_iter().chain(codes).collect()
    }

    #[test]
    fn every_mail_says_in_both_languages_what_when_where_and_what_to_do() {
        let at = Timestamp::from_second(1_795_385_400).unwrap().to_zoned(TimeZone::UTC);
        let mut bodies = BTreeSet::new();
        for template in templates() {
            for language in Language::ALL {
                let text = write(&template, language, &at, "https://diary.example");
                let name = format!("{} {language:?}: {}", template.name(), text.body);
                assert!(
                    text.subject.starts_with("Keepwell: ") && text.subject.len() > 15,
                    "{name}"
                );
                assert!(
                    text.subject.chars().count() < 60 && !text.subject.contains('\n'),
                    "{name}"
                );
                assert!(text.body.contains("https://diary.example\n"), "{name}");
                let when = match language {
                    Language::En => "When:   2026-11-22, 22:10 UTC\n",
                    Language::De => "Wann:  22.11.2026, 22:10 UTC\n",
                };
                assert!(text.body.contains(when), "{name}");
                for left_over in ["{", "}", "%", "TODO", "  \n", "http://", "@", "?"] {
                    assert!(!text.body.contains(left_over), "{left_over:?} in {name}");
                }
                let longest = text.body.lines().map(|line| line.chars().count()).max();
                assert!(longest < Some(85), "{longest:?} {name}");
                let has_code = text.body.contains("    1234 5678\n");
                assert_eq!(has_code, template.is_code(), "{name}");
                let has_link = text.body.contains("    https://diary.example/invitation#secret\n");
                assert_eq!(has_link, matches!(template, Template::Invitation(_)), "{name}");
                assert!(bodies.insert(text.body), "{name} stands twice");
            }
        }
        assert_eq!(bodies.len(), 2 * (What::ALL.len() + 4));
    }
}
