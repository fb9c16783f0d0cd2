//! Memory, what a browser loads first, how fast a start is, and the price of the log.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;

use crate::client::Client;
use crate::fill::Person;
use crate::load::float;
use crate::measure::{Bench, CONNECTIONS, read_days};
use crate::process::Server;
use crate::report::{Ratio, median};
use crate::{Options, say};

impl Bench<'_> {
    /// Memory after all that, and what a browser loads first.
    pub(crate) fn sizes(&self) -> Result<Vec<Ratio>> {
        say("sizes")?;
        let mb = |bytes: usize| float(bytes) / 1e6;
        let resident = mb(usize::try_from(self.server.resident_kb()? * 1024)?);
        let mut client = self.connect()?;
        let page = client.get("/", None)?.expect(200)?;
        let mut bytes = page.body.len();
        // The page comes compressed; the names of what it needs are read from the plain one.
        let mut plain = self.connect()?;
        let html = plain.get_plain("/")?.expect(200)?;
        let html = String::from_utf8_lossy(html.body).into_owned();
        let files: BTreeSet<&str> =
            html.split('"').filter(|part| part.starts_with("/assets/")).collect();
        for file in &files {
            bytes += client.get(file, None)?.expect(200)?.body.len();
        }
        Ok(vec![
            Ratio {
                name: "memory of the server after the run, without PostgreSQL, MB",
                goal: "< 60",
                reached: Some(resident < 60.0),
                value: resident,
                rounds: vec![resident],
                parts: Vec::new(),
            },
            Ratio {
                name: "what a browser loads for the first page, compressed, kB",
                goal: "< 120",
                reached: Some(float(bytes) / 1e3 < 120.0),
                value: float(bytes) / 1e3,
                rounds: vec![float(bytes) / 1e3],
                parts: vec![("files".into(), float(files.len() + 1))],
            },
        ])
    }
}

/// Starts the program again and again, with and without a line of log for each request.
pub(crate) fn starts_and_logging(
    options: &Options,
    first: Server,
    reader: &Person,
) -> Result<Vec<Ratio>> {
    say("starting again, and the price of the log")?;
    let home = first.home.clone();
    first.stop()?;
    let mut starts = Vec::new();
    let mut rounds = Vec::new();
    for _ in 0..options.rounds.min(5) {
        let mut both = Vec::new();
        for level in ["info", "warn"] {
            let server = Server::start(&options.program, &home, level)?;
            starts.push(server.until_first_answer.as_secs_f64());
            let mut clients = (0..CONNECTIONS)
                .map(|number| Ok((Client::connect(&server.authority(), server.port)?, number * 37)))
                .collect::<Result<Vec<_>>>()?;
            let length = Duration::from_secs(options.seconds);
            read_days(&server, reader, &mut clients, length / 4)?;
            both.push(read_days(&server, reader, &mut clients, length)?.server_cpu_us);
            server.stop()?;
        }
        if let [info, warn] = both.as_slice() {
            rounds.push((*info, *warn));
        }
    }
    let start = median(starts.iter().copied());
    let ratios: Vec<f64> = rounds.iter().map(|(info, warn)| info / warn).collect();
    Ok(vec![
        Ratio {
            name: "second start to first answer, s",
            goal: "<= 1.5",
            reached: Some(start <= 1.5),
            value: start,
            rounds: starts,
            parts: Vec::new(),
        },
        Ratio {
            name: "server's CPU a day with a line of log a request against without",
            goal: "none",
            reached: None,
            value: median(ratios.iter().copied()),
            rounds: ratios,
            parts: vec![
                ("with (info), us".into(), median(rounds.iter().map(|(info, _)| *info))),
                ("without (warn), us".into(), median(rounds.iter().map(|(_, warn)| *warn))),
            ],
        },
    ])
}
