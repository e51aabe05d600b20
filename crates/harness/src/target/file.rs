//! The keys of a target file that are no part of a binding: what it is called, which spec it speaks, and how it is reached.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countermand_text::{Node, Problem, Reader, Tree, read_file, shown, yaml};

use crate::secrets::EnvText;
use crate::spec::binding::file::BindingFile;
use crate::spec::binding::{Binding, Provision};
use crate::spec::{Spec, read_format};
use crate::target::pool::{self, Pool};

/// A target file, read and checked: a binding laid over that of its spec, and how the endpoint is reached.
#[derive(Debug)]
pub struct TargetFile {
    /// The target's name.
    pub name: String,
    /// The spec it speaks.
    pub spec: String,
    /// The spec of the built-in mock that it is played against, in place of an endpoint.
    pub mock: Option<String>,
    /// Hosts other than this machine that may be played against without being asked.
    pub allow: Vec<String>,
    pub(crate) binding: Arc<Binding>,
    /// The command of a driver, in place of an endpoint.
    pub(crate) driver: Vec<String>,
    /// Where relative paths begin.
    pub(crate) folder: PathBuf,
    pub(crate) proxy: Option<EnvText>,
    /// Under which URL the target reaches the inbox.
    pub(crate) webhook_url: Option<EnvText>,
    /// The certificates that it is spoken to with.
    pub tls: Tls,
    pub(crate) pool: Option<Pool>,
}

/// Certificates, as PEM.
#[derive(Clone, Default)]
pub struct Tls {
    /// Of the authority that is trusted besides those of this machine; empty for none.
    pub authority: Vec<u8>,
    /// Our own, with its key; empty for none.
    pub identity: Vec<u8>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// Loads a target file, and the files it names, for one of `specs`.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn load_target(path: &Path, specs: &BTreeMap<String, Arc<Spec>>) -> Result<TargetFile, Vec<Problem>> {
    let shown = shown(path);
    let bytes = read_file(path).map_err(|error| vec![Problem::unreadable(path, &error)])?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    parse_target(&shown, &bytes, folder, specs)
}

/// The same from its bytes; `folder` is where relative paths in it begin.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn parse_target(
    path: &str,
    bytes: &[u8],
    folder: PathBuf,
    specs: &BTreeMap<String, Arc<Spec>>,
) -> Result<TargetFile, Vec<Problem>> {
    let (source, root) = yaml::parse(path, bytes).map_err(|problem| vec![problem])?;
    let reader = Reader::new(source);
    let target = read(&reader, &root, folder, specs);
    match target {
        Some(target) if !reader.has_problems() => Ok(target),
        _ => Err(reader.into_problems()),
    }
}

pub(crate) fn read(
    reader: &Reader,
    root: &Node,
    folder: PathBuf,
    specs: &BTreeMap<String, Arc<Spec>>,
) -> Option<TargetFile> {
    let mut fields = reader.fields(root, "a target file");
    read_format(reader, &mut fields);
    let name = fields.need("target").and_then(|node| reader.text(node, "the target's name"));
    let spec = fields.need("spec").and_then(|node| {
        let name = reader.text(node, "the spec it speaks")?;
        reader.known(node.at, "spec", name, specs.keys().map(String::as_str)).then(|| specs.get(name)).flatten()
    });
    let Some(spec) = spec else {
        // Without its spec nothing else in the file can be judged.
        return None;
    };
    let names = spec.names();
    let file = BindingFile::new(reader, &names, root);
    one_way(reader, root);
    let mock = fields.take("mock").and_then(|node| reader.text(node, "the spec of a built-in mock"));
    let driver = fields.take("driver").map(|node| {
        let command = reader.texts(node, "a command and its arguments");
        if command.is_empty() {
            let hint = Some("write `driver: [python3, driver.py]`".to_owned());
            reader.problem(node.at, "a driver is a command and its arguments", hint);
        }
        command
    });
    let driver = driver.unwrap_or_default();
    let allow = fields.take("allow").map(|node| reader.texts(node, "a host")).unwrap_or_default();
    let proxy = fields.take("proxy").and_then(|node| EnvText::parse(reader, node));
    let webhook_url = fields.take("webhook_url").and_then(|node| EnvText::parse(reader, node));
    let tls = fields.take("tls").map(|node| read_tls(reader, node, &folder)).unwrap_or_default();
    let part = file.part(&mut fields);
    fields.finish();
    let binding = spec.part.clone().overlaid(part).complete(reader, root.at, &names)?;
    let pool = match &binding.provision {
        Provision::Pool { path, at } => pool::read(reader, *at, &folder.join(path), spec),
        Provision::Requests(_) => None,
    };
    Some(TargetFile {
        name: name?.to_owned(),
        spec: spec.name.clone(),
        mock: mock.map(str::to_owned),
        allow: allow.into_iter().map(str::to_owned).collect(),
        binding: Arc::new(binding),
        driver: driver.into_iter().map(str::to_owned).collect(),
        folder,
        proxy,
        webhook_url,
        tls,
        pool,
    })
}

/// A target is reached in one way.
fn one_way(reader: &Reader, root: &Node) {
    let Tree::Map(entries) = &root.tree else { return };
    let ways = entries.iter().filter(|(key, _)| ["base_url", "driver", "mock"].contains(&key.text.as_str()));
    for (key, _) in ways.skip(1) {
        let message = "a second way to the target: it has a `base_url` or a `driver`, or is a `mock`";
        reader.problem(key.at, message, Some("keep one of them".to_owned()));
    }
}

fn read_tls(reader: &Reader, node: &Node, folder: &Path) -> Tls {
    let mut fields = reader.fields(node, "the certificates");
    let mut pem = |key| {
        let node = fields.take(key)?;
        let path = folder.join(reader.text(node, "a file in PEM form")?);
        let bytes = read_file(&path);
        if let Err(error) = &bytes {
            reader.unreadable(node.at, &path, error);
        }
        bytes.ok()
    };
    let (authority, certificate, key) = (pem("authority"), pem("certificate"), pem("key"));
    fields.finish();
    if certificate.is_some() != key.is_some() {
        reader.problem(
            node.at,
            "a `certificate` of our own goes with its `key`",
            Some("write `tls: { certificate: FILE, key: FILE }`".to_owned()),
        );
    }
    let identity = [certificate, key].into_iter().flatten().flatten().collect();
    Tls { authority: authority.unwrap_or_default(), identity }
}
