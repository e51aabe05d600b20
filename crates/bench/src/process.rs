//! Programs as processes: run to their end and timed, or kept as servers; and what `/proc` says of them meanwhile.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::timing::Reading;

/// Between two looks at a process that may end at any time.
const LOOK: Duration = Duration::from_micros(500);

/// Processor time is counted in hundredths of a second wherever Linux runs.
const TICKS_PER_SECOND: f64 = 100.0;

/// Runs a program to its end, which has to be a good one, and tells how many milliseconds that took.
pub(crate) fn timed(command: Command) -> Result<Reading> {
    timed_to(command, 0)
}

/// The same to the end with this exit code.
pub(crate) fn timed_to(mut command: Command, code: i32) -> Result<Reading> {
    silence(&mut command);
    let cpu = cpu_of_children()?;
    let begin = Instant::now();
    let status = command.status().with_context(|| format!("{command:?}"))?;
    let elapsed = begin.elapsed();
    if status.code() != Some(code) {
        bail!("{command:?} ended with {status}");
    }
    Ok(Reading { value: elapsed.as_secs_f64() * 1000.0, cpu: cpu_of_children()? - cpu })
}

/// How many milliseconds processors were busy with children of this process that have ended.
fn cpu_of_children() -> Result<f64> {
    let told = fs::read_to_string("/proc/self/stat")?;
    // The name of a program, which comes second and in parentheses, may hold anything.
    let fields = told.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().skip(13).take(2));
    let ticks = fields.into_iter().flatten().map(str::parse::<f64>).sum::<Result<f64, _>>()?;
    Ok(ticks * 1000.0 / TICKS_PER_SECOND)
}

/// Runs a program to its end, and tells the most memory it had at once, in KiB. The kernel keeps that peak, so that only
/// what grows in the last half millisecond goes unseen.
pub(crate) fn peak_memory(mut command: Command) -> Result<Reading> {
    silence(&mut command);
    let mut child = command.spawn().with_context(|| format!("{command:?}"))?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // A process that has just ended has no memory to tell of.
        peak = memory(child.id(), "VmHWM:").unwrap_or_default().max(peak);
        std::thread::sleep(LOOK);
    };
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(Reading { value: peak as f64, cpu: 0.0 })
}

fn silence(command: &mut Command) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
}

/// A server of its own process, stopped when it is let go.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Kept open: a server may have more to say.
    _out: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts a server and waits for the line that says where it listens, as `http://ADDRESS`.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{command:?}"))?;
        let Some(out) = child.stdout.take() else { bail!("{command:?} has no output") };
        let mut out = BufReader::new(out);
        let mut line = String::new();
        let read = out.read_line(&mut line);
        let address = line.split_once("http://").and_then(|(_, rest)| rest.split_whitespace().next());
        match (read, address.map(str::parse)) {
            (Ok(_), Some(Ok(address))) => Ok(Self { child, _out: out, address }),
            _ => {
                stop(&mut child);
                bail!("{command:?} does not say where it listens");
            }
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The memory it has now, in KiB.
    pub(crate) fn memory(&self) -> Result<u64> {
        memory(self.child.id(), "VmRSS:").context("the server is gone")
    }

    /// How long its threads have kept a processor busy, all together.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let mut nanos = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread may end between being listed and being asked.
            let told = fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
            nanos += told.split_whitespace().next().and_then(|nanos| nanos.parse::<u64>().ok()).unwrap_or_default();
        }
        Ok(Duration::from_nanos(nanos))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

fn stop(child: &mut Child) {
    // What has ended already needs no stopping.
    let _ = child.kill();
    let _ = child.wait();
}

/// A line of `/proc/PID/status` that tells KiB.
fn memory(pid: u32, line: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|found| found.strip_prefix(line))?.split_whitespace().next()?.parse().ok()
}
