//! Where this machine gets Debian's packages from: read from apt's own sources, so that ours are
//! the same mirrors, proxies and keyring. Formats: sources.list(5), one-line and deb822 style.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::FetchError;

/// Debian's releases and the names that point at them. Other suites (updates, security, other
/// vendors') live at other addresses or by other rules.
const RELEASES: [&str; 9] =
    ["bullseye", "bookworm", "trixie", "forky", "duke", "oldstable", "stable", "testing", "sid"];

/// Debian's archive keyring, where an entry names none.
const KEYRINGS: [&str; 2] = [
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/usr/share/keyrings/debian-archive-keyring.gpg",
];

/// A Debian archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The address below which `dists/` and `pool/` are.
    pub(crate) uri: String,
    /// The keyring its releases are signed with.
    pub(crate) keyring: PathBuf,
}

impl Origin {
    /// The first Debian archive among the machine's sources below `folder` (`/etc/apt`).
    pub(crate) fn of_machine(folder: &Path) -> Result<Self, FetchError> {
        let found = files(folder).into_iter().find_map(|file| {
            let text = fs::read_to_string(&file).ok()?;
            let deb822 = file.extension().is_some_and(|extension| extension == "sources");
            let entries = if deb822 { deb822_entries(&text) } else { one_line_entries(&text) };
            entries.into_iter().find_map(Entry::into_origin)
        });
        found.ok_or_else(|| FetchError::NoDebianSource { folder: folder.into() })
    }
}

/// One source of packages, in whichever format it was written.
#[derive(Debug, Default)]
struct Entry {
    uri: String,
    suites: Vec<String>,
    components: Vec<String>,
    signed_by: Option<String>,
}

impl Entry {
    /// The archive, if it is Debian's: by its suite, its component and its keyring.
    fn into_origin(self) -> Option<Origin> {
        let debian = self.suites.iter().any(|suite| RELEASES.contains(&suite.as_str()))
            && self.components.iter().any(|component| component == "main");
        if !debian || self.uri.is_empty() {
            return None;
        }
        let keyring = match self.signed_by {
            Some(keyring) => PathBuf::from(keyring),
            None => KEYRINGS.iter().map(PathBuf::from).find(|keyring| keyring.is_file())?,
        };
        let name = keyring.file_name()?.to_str()?;
        name.starts_with("debian-archive").then_some(Origin { uri: self.uri, keyring })
    }
}

/// apt's source files in the order apt reads them.
fn files(folder: &Path) -> Vec<PathBuf> {
    let parts = fs::read_dir(folder.join("sources.list.d")).into_iter().flatten().flatten();
    let known = |file: &PathBuf| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("list" | "sources"))
    };
    let mut files: Vec<PathBuf> = parts.map(|part| part.path()).filter(known).collect();
    files.sort();
    files.insert(0, folder.join("sources.list"));
    files
}

/// `deb [option=value ...] uri suite component...`
fn one_line_entries(text: &str) -> Vec<Entry> {
    text.lines().filter_map(one_line_entry).collect()
}

fn one_line_entry(line: &str) -> Option<Entry> {
    let line = line.split('#').next()?.trim().strip_prefix("deb")?;
    let mut rest = line.strip_prefix([' ', '\t'])?.trim_start();
    let mut entry = Entry::default();
    if let Some(bracketed) = rest.strip_prefix('[') {
        let (options, after) = bracketed.split_once(']')?;
        entry.signed_by = options
            .split_whitespace()
            .find_map(|option| option.strip_prefix("signed-by="))
            .map(str::to_owned);
        rest = after;
    }
    let mut words = rest.split_whitespace().map(str::to_owned);
    entry.uri = words.next()?;
    entry.suites = vec![words.next()?];
    entry.components = words.collect();
    Some(entry)
}

/// Stanzas of `Field: value` lines; a line that begins with a blank continues the field above.
fn deb822_entries(text: &str) -> Vec<Entry> {
    let uncommented = text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>();
    uncommented.split(|line| line.trim().is_empty()).filter_map(deb822_entry).collect()
}

fn deb822_entry(stanza: &[&str]) -> Option<Entry> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in stanza {
        if line.starts_with([' ', '\t']) {
            let (_, value) = fields.last_mut()?;
            value.push(' ');
            value.push_str(line.trim());
        } else {
            let (name, value) = line.split_once(':')?;
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let words = |wanted: &str| -> Vec<String> {
        let values = fields.iter().filter(|(name, _)| name == wanted);
        values.flat_map(|(_, value)| value.split_whitespace()).map(str::to_owned).collect()
    };
    let disabled = words("enabled").first().is_some_and(|value| value == "no");
    if disabled || !words("types").iter().any(|kind| kind == "deb") {
        return None;
    }
    Some(Entry {
        uri: words("uris").into_iter().next()?,
        suites: words("suites"),
        components: words("components"),
        signed_by: words("signed-by").into_iter().next(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

    fn machine(files: &[(&str, &str)]) -> Option<Origin> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sources.list.d")).unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Origin::of_machine(folder.path()).ok()
    }

    fn origin(uri: &str) -> Origin {
        Origin { uri: uri.into(), keyring: KEYRING.into() }
    }

    #[test]
    fn deb822_sources_are_read() {
        let text = format!(
            "Types: deb\nURIs: http://mirror.invalid/security\nSuites: bookworm-security\n\
             Components: main\nSigned-By: {KEYRING}\n\n\
             # a comment\nTypes: deb deb-src\n# another\nURIs: http://mirror.invalid/debian\n\
             Suites: bookworm\n bookworm-updates\nComponents: main\nSigned-By:\n {KEYRING}\n"
        );
        let found = machine(&[("sources.list.d/debian.sources", &text)]);
        assert_eq!(found, Some(origin("http://mirror.invalid/debian")));
    }

    #[test]
    fn one_line_sources_are_read() {
        let text = format!(
            "# deb http://off.invalid/debian trixie main\ndeb-src http://s.invalid trixie main\n\
             deb [arch=amd64 signed-by={KEYRING}] http://mirror.invalid/debian trixie main # ours\n"
        );
        let found = machine(&[("sources.list", &text)]);
        assert_eq!(found, Some(origin("http://mirror.invalid/debian")));
    }

    #[test]
    fn other_vendors_and_disabled_entries_are_passed_over() {
        let other_key =
            "deb [signed-by=/etc/apt/keyrings/docker.gpg] http://x.invalid trixie main\n";
        let other_suite = format!("deb [signed-by={KEYRING}] http://x.invalid cloud-sdk main\n");
        let disabled = format!(
            "Enabled: no\nTypes: deb\nURIs: http://x.invalid\nSuites: trixie\nComponents: main\n\
             Signed-By: {KEYRING}\n"
        );
        let files = [
            ("sources.list", other_key),
            ("sources.list.d/a.list", other_suite.as_str()),
            ("sources.list.d/b.sources", disabled.as_str()),
            ("sources.list.d/c.sources.disabled", "Types: deb\n"),
        ];
        assert_eq!(machine(&files), None);
    }
}
