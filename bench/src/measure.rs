//! What is measured, and against what.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use platform::session::hex;

use crate::client::Client;
use crate::fill::{self, DAYS, ENTRIES_A_DAY, Person};
use crate::load::{self, Outcome};
use crate::pgbench::Pgbench;
use crate::process::Server;
use crate::report::{Ratio, median};
use crate::sizes_and_starts::starts_and_logging;
use crate::{Options, say, sealing};

pub(crate) const CONNECTIONS: usize = 8;
const PLAIN: &str = "scripts/read_plain.sql";
const TRANSACTION_PLAIN: &str = "scripts/transaction_plain.sql";
const TRANSACTION_GUARDED: &str = "scripts/transaction_guarded.sql";
const SEARCHES: [&str; 12] = [
    "che",
    "chees+ched",
    "banan",
    "mil",
    "milk+whole",
    "bread+who",
    "appl",
    "tomat",
    "chick+brea",
    "rice",
    "oliv+oil",
    "yog",
];

/// Everything that a measure works with.
pub(crate) struct Bench<'a> {
    pub(crate) options: &'a Options,
    pub(crate) server: Server,
    pgbench: Pgbench,
    pub(crate) reader: Person,
    pub(crate) writers: Vec<Person>,
    pub(crate) foods: Vec<String>,
}

/// Sets up and measures everything.
pub(crate) fn all(options: &Options, home: &Path) -> Result<Vec<Ratio>> {
    say("starting the server and filling its diaries")?;
    let server = Server::start(&options.program, home, "info")?;
    let pgbench = Pgbench::find(server.socket())?;
    let mut client = Client::connect(&server.authority(), server.port)?;
    let reader = fill::sign_up(&mut client, "reader")?;
    let foods = fill::foods(&mut client, &reader.cookie)?;
    fill::reader(&mut client, &reader, &foods)?;
    let writers = (0..CONNECTIONS)
        .map(|number| fill::sign_up(&mut client, &format!("writer{number}")))
        .collect::<Result<Vec<_>>>()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let database = fill::database(&server.socket(), "keepwell").await?;
        fill::others(&database).await?;
        if let Some(path) = &options.sql {
            database.batch_execute(&std::fs::read_to_string(path)?).await?;
        }
        database.batch_execute("create database anchor").await?;
        anyhow::Ok(())
    })?;
    pgbench.make_tables("anchor")?;

    if options.wait {
        say(&format!("the socket is in {}; Enter goes on", server.socket().display()))?;
        say(&format!("the reader is {}, {}", reader.id, reader.cookie))?;
        std::io::stdin().read_line(&mut String::new())?;
    }

    let mut bench = Bench { options, server, pgbench, reader, writers, foods };
    let mut ratios = Vec::new();
    let wanted = |name: &str| options.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    if wanted("read") {
        ratios.extend(bench.reads()?);
    }
    if wanted("price") {
        ratios.push(bench.price_of_policies()?);
    }
    if wanted("add") {
        ratios.push(bench.adds()?);
    }
    if wanted("year") {
        ratios.push(bench.year()?);
    }
    if wanted("search") {
        ratios.push(bench.search()?);
    }
    if wanted("circle") {
        ratios.extend(bench.circle()?);
    }
    if wanted("storm") {
        ratios.extend(bench.sign_ins()?);
    }
    if wanted("size") {
        ratios.extend(bench.sizes()?);
    }
    let Bench { server, reader, .. } = bench;
    if wanted("start") {
        ratios.extend(starts_and_logging(options, server, &reader)?);
    } else {
        server.stop()?;
    }
    Ok(ratios)
}

impl Bench<'_> {
    pub(crate) fn length(&self) -> Duration {
        Duration::from_secs(self.options.seconds)
    }

    pub(crate) fn connect(&self) -> Result<Client> {
        Client::connect(&self.server.authority(), self.server.port)
    }

    pub(crate) fn connections(&self) -> Result<Vec<(Client, usize)>> {
        (0..CONNECTIONS).map(|number| Ok((self.connect()?, number * 37))).collect()
    }

    /// Runs statements as the database's superuser.
    pub(crate) fn superuser(&self, sql: &str) -> Result<()> {
        tokio::runtime::Runtime::new()?.block_on(async {
            let database = fill::database(&self.server.socket(), "keepwell").await?;
            database.batch_execute(sql).await?;
            Ok(())
        })
    }

    pub(crate) fn read_days(&self, clients: &mut [(Client, usize)]) -> Result<Outcome> {
        read_days(&self.server, &self.reader, clients, self.length())
    }

    /// A script of ours as a role, with what it needs to find the reader's rows.
    fn script(&self, role: &str, script: &str) -> Result<crate::pgbench::Outcome> {
        let token = self.reader.cookie.split_once('=').context("a cookie")?.1;
        let token = keys::SessionToken::parse(token)?;
        let token = hex(token.database_token().expose());
        let owner = self.reader.id.to_string();
        let first = fill::FIRST.to_string();
        let variables = [("owner", owner.as_str()), ("token", &token), ("first", &first)];
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
        let seconds = self.options.seconds;
        self.pgbench.run(&self.server, (role, "keepwell"), seconds, Some(&script), &variables)
    }

    /// A day over HTTPS against its row by key in pgbench, and the share of sealing.
    fn reads(&mut self) -> Result<Vec<Ratio>> {
        say("reading days")?;
        let mut clients = self.connections()?;
        self.read_days(&mut clients)?;
        self.script("postgres", PLAIN)?;
        let mut rounds = Vec::new();
        for _ in 0..self.options.rounds {
            rounds.push((self.read_days(&mut clients)?, self.script("postgres", PLAIN)?));
        }
        let ratios: Vec<f64> = rounds.iter().map(|(a, b)| a.per_second / b.per_second).collect();
        let middle = |of: fn(&Outcome) -> f64| median(rounds.iter().map(|(a, _)| of(a)));
        let server_cpu_us = middle(|one| one.server_cpu_us);
        let read = Ratio {
            name: "reading a day over HTTPS (HTTP/1.1, 8 connections) against its row by key in \
                   pgbench (prepared, socket, no policies, 8 clients)",
            goal: ">= 0.25",
            reached: Some(median(ratios.iter().copied()) >= 0.25),
            value: median(ratios.iter().copied()),
            rounds: ratios,
            parts: vec![
                ("days a second over HTTPS".into(), middle(|one| one.per_second)),
                (
                    "rows a second in pgbench".into(),
                    median(rounds.iter().map(|(_, row)| row.per_second)),
                ),
                ("p50 of a day, ms".into(), middle(|one| one.p50.as_secs_f64() * 1e3)),
                ("p99 of a day, ms".into(), middle(|one| one.p99.as_secs_f64() * 1e3)),
                ("server's CPU a day, us".into(), server_cpu_us),
                ("database's CPU a day, us".into(), middle(|one| one.database_cpu_us)),
                ("this client's CPU a day, us".into(), middle(|one| one.client_cpu_us)),
                (
                    "database's CPU a row in pgbench, us".into(),
                    median(rounds.iter().map(|(_, row)| row.database_cpu_us)),
                ),
            ],
        };
        let costs = sealing::costs()?;
        let share = costs.walk_and_open / server_cpu_us;
        let sealing = Ratio {
            name: "key walk and opening of a day, as a share of the server's CPU a request",
            goal: "<= 0.03",
            reached: Some(share <= 0.03),
            value: share,
            rounds: vec![share],
            parts: vec![
                ("walk and open, us".into(), costs.walk_and_open),
                ("keyring and erasure key, once a request, us".into(), costs.keyring),
                ("server's CPU a day, us".into(), server_cpu_us),
            ],
        };
        Ok(vec![read, sealing])
    }

    /// The database's own work with session and policies against without.
    fn price_of_policies(&self) -> Result<Ratio> {
        say("the price of session and policies in the database")?;
        let mut rounds = Vec::new();
        for _ in 0..self.options.rounds {
            rounds.push((
                self.script("keepwell_app", TRANSACTION_GUARDED)?,
                self.script("postgres", TRANSACTION_PLAIN)?,
            ));
        }
        let ratios: Vec<f64> =
            rounds.iter().map(|(a, b)| a.database_cpu_us / b.database_cpu_us).collect();
        let guarded =
            |of: fn(&crate::pgbench::Outcome) -> f64| median(rounds.iter().map(|(one, _)| of(one)));
        let plain =
            |of: fn(&crate::pgbench::Outcome) -> f64| median(rounds.iter().map(|(_, one)| of(one)));
        let value = median(ratios.iter().copied());
        Ok(Ratio {
            name: "database's CPU of a read with session, keys and policies against the same \
                   transaction without",
            goal: "<= 1.3",
            reached: Some(value <= 1.3),
            value,
            rounds: ratios,
            parts: vec![
                ("with, us".into(), guarded(|one| one.database_cpu_us)),
                ("without, us".into(), plain(|one| one.database_cpu_us)),
                ("with, a second".into(), guarded(|one| one.per_second)),
                ("without, a second".into(), plain(|one| one.per_second)),
            ],
        })
    }

    /// Adding entries against pgbench's own transaction.
    fn adds(&self) -> Result<Ratio> {
        say("adding entries")?;
        let mut clients = (0..CONNECTIONS)
            .zip(&self.writers)
            .map(|(_, person)| Ok((self.connect()?, (person, 0_usize))))
            .collect::<Result<Vec<_>>>()?;
        let mut rounds = Vec::new();
        for _ in 0..self.options.rounds {
            let added = load::run(
                &self.server,
                &mut clients,
                self.length(),
                |client, (person, number)| {
                    let day = fill::day(i32::try_from(*number / ENTRIES_A_DAY)?);
                    let entry = fill::entry(*number, &self.foods);
                    *number += 1;
                    let path = format!("/api/v1/days/{day}/entries");
                    client.post(&path, Some(&person.cookie), &entry)?.expect(201)?;
                    Ok(())
                },
            )?;
            let seconds = self.options.seconds;
            let anchor =
                self.pgbench.run(&self.server, ("postgres", "anchor"), seconds, None, &[])?;
            rounds.push((added, anchor));
        }
        let ratios: Vec<f64> = rounds.iter().map(|(a, b)| a.per_second / b.per_second).collect();
        let value = median(ratios.iter().copied());
        let middle = |of: fn(&Outcome) -> f64| median(rounds.iter().map(|(a, _)| of(a)));
        Ok(Ratio {
            name: "adding an entry, durable and audited, 8 accounts, against pgbench's own \
                   transaction (TPC-B-like, scale 10, 8 clients)",
            goal: ">= 0.8",
            reached: Some(value >= 0.8),
            value,
            rounds: ratios,
            parts: vec![
                ("entries a second".into(), middle(|one| one.per_second)),
                (
                    "transactions a second in pgbench".into(),
                    median(rounds.iter().map(|(_, one)| one.per_second)),
                ),
                ("p50 of an entry, ms".into(), middle(|one| one.p50.as_secs_f64() * 1e3)),
                ("p99 of an entry, ms".into(), middle(|one| one.p99.as_secs_f64() * 1e3)),
                ("server's CPU an entry, us".into(), middle(|one| one.server_cpu_us)),
                ("database's CPU an entry, us".into(), middle(|one| one.database_cpu_us)),
                (
                    "database's CPU a transaction in pgbench, us".into(),
                    median(rounds.iter().map(|(_, one)| one.database_cpu_us)),
                ),
            ],
        })
    }

    /// A year's totals against one day, one connection.
    fn year(&self) -> Result<Ratio> {
        say("a year's totals")?;
        let mut client = self.connect()?;
        let cookie = Some(self.reader.cookie.as_str());
        let year = format!("/api/v1/days?from={}&to={}", fill::day(0), fill::day(364));
        let mut rounds = Vec::new();
        for _ in 0..self.options.rounds {
            let (mut days, mut years) = (Vec::new(), Vec::new());
            for turn in 0..40 {
                let day = format!("/api/v1/days/{}", fill::day(turn));
                let began = Instant::now();
                client.get(&day, cookie)?.expect(200)?;
                days.push(began.elapsed().as_secs_f64() * 1e6);
                let began = Instant::now();
                client.get(&year, cookie)?.expect(200)?;
                years.push(began.elapsed().as_secs_f64() * 1e6);
            }
            rounds.push((median(years), median(days)));
        }
        let ratios: Vec<f64> = rounds.iter().map(|(year, day)| year / day).collect();
        let value = median(ratios.iter().copied());
        Ok(Ratio {
            name: "a year's totals in one request against one day, one connection, median time",
            goal: "< 20",
            reached: Some(value < 20.0),
            value,
            rounds: ratios,
            parts: vec![
                ("a year, us".into(), median(rounds.iter().map(|(year, _)| *year))),
                ("a day, us".into(), median(rounds.iter().map(|(_, day)| *day))),
            ],
        })
    }

    /// Food search against reading days, both under eight connections.
    fn search(&self) -> Result<Ratio> {
        say("searching foods")?;
        let mut clients = self.connections()?;
        let cookie = Some(self.reader.cookie.as_str());
        let mut rounds = Vec::new();
        for _ in 0..self.options.rounds {
            let searched =
                load::run(&self.server, &mut clients, self.length(), |client, number| {
                    let query = SEARCHES.get(*number % SEARCHES.len()).unwrap_or(&"che");
                    *number += 1;
                    client.get(&format!("/api/v1/foods?q={query}"), cookie)?.expect(200)?;
                    Ok(())
                })?;
            rounds.push((searched, self.read_days(&mut clients)?));
        }
        let ratios: Vec<f64> =
            rounds.iter().map(|(a, b)| a.p99.as_secs_f64() / b.p99.as_secs_f64()).collect();
        let value = median(ratios.iter().copied());
        let searches = |of: fn(&Outcome) -> f64| median(rounds.iter().map(|(a, _)| of(a)));
        let days = |of: fn(&Outcome) -> f64| median(rounds.iter().map(|(_, b)| of(b)));
        Ok(Ratio {
            name: "p99 of a food search against p99 of a day, 8 connections",
            goal: "< 1",
            reached: Some(value < 1.0),
            value,
            rounds: ratios,
            parts: vec![
                ("p99 of a search, ms".into(), searches(|one| one.p99.as_secs_f64() * 1e3)),
                ("p99 of a day, ms".into(), days(|one| one.p99.as_secs_f64() * 1e3)),
                ("searches a second".into(), searches(|one| one.per_second)),
                ("server's CPU a search, us".into(), searches(|one| one.server_cpu_us)),
            ],
        })
    }
}

pub(crate) fn read_days(
    server: &Server,
    reader: &Person,
    clients: &mut [(Client, usize)],
    length: Duration,
) -> Result<Outcome> {
    let cookie = Some(reader.cookie.as_str());
    load::run(server, clients, length, |client, number| {
        *number += 1;
        let day = fill::day(i32::try_from(*number * 7)? % DAYS);
        client.get(&format!("/api/v1/days/{day}"), cookie)?.expect(200)?;
        Ok(())
    })
}
