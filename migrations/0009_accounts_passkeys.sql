-- Passkeys that open the diary alone: what the server tells the database once it has checked a signature.
-- Here too it shows the pass that only the root key makes, and the key's count must go up: one that
-- does not is a copy's.

grant create on schema accounts to keepwell_auth;

-- Notes that a key of the presented session was used. False where its count did not go up.
create function accounts.use_passkey(which uuid, pass text, used_count bigint) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    return accounts.show_second_step(which, pass, used_count, null) is not distinct from 'security_key';
end
$$;

-- A fresh proof of an open session by a passkey alone: the secret of its slot and its signature, of the
-- same passkey. Answers 'proved', 'not_right' or 'copied'.
create function accounts.prove_with_passkey(
    proof text, which uuid, pass text, used_count bigint
) returns text
    language plpgsql security definer set search_path = '' as $$
declare
    me uuid;
    is_its_slot boolean;
begin
    select m.principal into me from auth.me m;
    if not found then
        return 'not_right';
    end if;
    perform set_config('app.proof', proof, true);
    is_its_slot := exists (select from accounts.key_slot k
        where k.principal = me and k.kind = 3 and k.slot = which);
    perform set_config('app.proof', '', true);
    if not is_its_slot then
        return 'not_right';
    end if;
    if not accounts.use_passkey(which, pass, used_count) then
        return 'copied';
    end if;
    update auth.session s set proved_at = now() where s.principal = me;
    return 'proved';
end
$$;

alter function accounts.use_passkey(uuid, text, bigint) owner to keepwell_auth;
alter function accounts.prove_with_passkey(text, uuid, text, bigint) owner to keepwell_auth;
revoke all on function accounts.use_passkey(uuid, text, bigint),
    accounts.prove_with_passkey(text, uuid, text, bigint) from public;
grant execute on function accounts.use_passkey(uuid, text, bigint),
    accounts.prove_with_passkey(text, uuid, text, bigint) to keepwell_app;

revoke create on schema accounts from keepwell_auth;
