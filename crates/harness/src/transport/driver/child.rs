//! One child process, from its start to its end: writes the lines of requests, hands out the answers, and says why it
//! ended. Never starts another one.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::{Answer, line, lock};
use crate::transport::{MAX_ANSWER, TransportError};

/// How much of what it says on stderr is kept, bytes.
const LAST_WORDS: usize = 2 << 10;

/// How long to wait for what should come at once when a process ends, and may never come where it left children behind.
const GRACE: Duration = Duration::from_secs(1);

/// A request on its way to the child.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) id: u64,
    pub(super) line: Vec<u8>,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// A running child, killed when this is dropped.
#[derive(Debug)]
pub(super) struct Child {
    questions: mpsc::UnboundedSender<Question>,
    tending: AbortHandle,
}

/// Requests that wait for an answer. One that was given up stays, so that its late answer is known for one.
type UnderWay = Mutex<BTreeMap<u64, oneshot::Sender<Answer>>>;

/// Why there is no more to hear.
enum End {
    Closed,
    Rubbish(String),
}

impl Child {
    /// Starts the process.
    pub(super) fn start(command: &[String], folder: Option<&Path>) -> Result<Self, TransportError> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(TransportError::Connect("the driver has no command".to_owned()));
        };
        let mut prepared = Command::new(program);
        prepared.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        if let Some(folder) = folder {
            prepared.current_dir(folder);
        }
        let place = folder.map(|folder| format!(" in {}", folder.display())).unwrap_or_default();
        let failed =
            |why: String| TransportError::Connect(format!("the driver `{program}` can't be started{place}: {why}"));
        let mut process = prepared.spawn().map_err(|error| failed(error.to_string()))?;
        let pipes = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else { return Err(failed("it has no pipes".to_owned())) };
        let (questions, receiver) = mpsc::unbounded_channel();
        let tending = tokio::spawn(tend(process, stdin, stdout, stderr, receiver)).abort_handle();
        Ok(Self { questions, tending })
    }

    /// Hands a request over, or back where the child has ended and its end was told.
    pub(super) fn ask(&self, question: Question) -> Result<(), Question> {
        self.questions.send(question).map_err(|refused| refused.0)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.tending.abort();
    }
}

/// Lives as long as the process, and after it until somebody was told of its end.
async fn tend(
    mut process: tokio::process::Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: ChildStderr,
    mut questions: mpsc::UnboundedReceiver<Question>,
) {
    let under_way = UnderWay::default();
    let last_words = Arc::new(Mutex::new(Vec::new()));
    let listening = tokio::spawn(keep_last(stderr, Arc::clone(&last_words)));
    let end = {
        let mut hearing = pin!(hear(stdout, &under_way));
        tokio::select! {
            end = &mut hearing => end,
            never = speak(stdin, &mut questions, &under_way) => match never {},
            // What it wrote before it ended still counts.
            _ = process.wait() => timeout(GRACE, hearing).await.unwrap_or(End::Closed),
        }
    };
    let why = match end {
        End::Rubbish(what) => what,
        End::Closed => {
            let status = timeout(GRACE, process.wait()).await;
            let _ = timeout(GRACE, listening).await;
            obituary(status.ok().and_then(Result::ok), &lock(&last_words))
        }
    };
    drop(process);
    let failure = || Err(TransportError::Broken(why.clone()));
    let waiting = std::mem::take(&mut *lock(&under_way));
    let mut is_told = false;
    for answer in waiting.into_values() {
        is_told |= answer.send(failure()).is_ok();
    }
    while !is_told {
        let Some(next) = questions.recv().await else { return };
        is_told = next.answer.send(failure()).is_ok();
    }
    questions.close();
    while let Ok(next) = questions.try_recv() {
        let _ = next.answer.send(failure());
    }
}

/// Writes requests as they come. Where that fails, whoever listens learns why.
async fn speak(
    mut stdin: ChildStdin,
    questions: &mut mpsc::UnboundedReceiver<Question>,
    under_way: &UnderWay,
) -> Infallible {
    while let Some(Question { id, line, answer }) = questions.recv().await {
        lock(under_way).insert(id, answer);
        if stdin.write_all(&line).await.is_err() {
            break;
        }
    }
    std::future::pending().await
}

/// Hands out answers until there are no more, or what comes is none.
async fn hear(stdout: ChildStdout, under_way: &UnderWay) -> End {
    let mut stdout = BufReader::new(stdout);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut stdout).take(MAX_ANSWER as u64 + 1).read_until(b'\n', &mut line).await;
        if line.len() > MAX_ANSWER {
            let excerpt = line::excerpt(&line);
            return End::Rubbish(format!("the driver wrote a line of more than {} MiB: {excerpt}", MAX_ANSWER >> 20));
        }
        if read.is_err() || !line.ends_with(b"\n") {
            return End::Closed;
        }
        let id = match line::addressee(&line) {
            Ok(id) => id,
            Err(why) => return End::Rubbish(why),
        };
        let Some(answer) = lock(under_way).remove(&id) else {
            let excerpt = line::excerpt(&line);
            return End::Rubbish(format!("the driver answered request {id}, which is not under way: {excerpt}"));
        };
        let _ = answer.send(line::answer(&line).map_err(TransportError::Broken));
    }
}

/// Reads everything, so that the child never waits for a reader, and keeps the end of it.
async fn keep_last(mut stderr: ChildStderr, kept: Arc<Mutex<Vec<u8>>>) {
    let mut chunk = [0; 1024];
    while let Ok(count @ 1..) = stderr.read(&mut chunk).await {
        let mut kept = lock(&kept);
        kept.extend_from_slice(&chunk[..count]);
        let surplus = kept.len().saturating_sub(LAST_WORDS);
        kept.drain(..surplus);
    }
}

/// How it ended, with the last line it said.
fn obituary(status: Option<ExitStatus>, last_words: &[u8]) -> String {
    let end = match status {
        Some(status) => format!("the driver ended ({status})"),
        None => "the driver closed its output".to_owned(),
    };
    let last_words = last_words.trim_ascii_end();
    let last_line = match last_words.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => &last_words[at + 1..],
        // The line may have begun before what is kept: half a word may be half a secret.
        None if last_words.len() + 1 >= LAST_WORDS => {
            let at = last_words.iter().position(u8::is_ascii_whitespace).unwrap_or(last_words.len());
            &last_words[at..]
        }
        None => last_words,
    };
    match line::excerpt(last_line) {
        nothing if nothing.is_empty() => end,
        said => format!("{end}: {said}"),
    }
}
