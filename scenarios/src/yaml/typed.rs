//! Reading a tree as a type, and going on after a mistake.

use serde::de::DeserializeOwned;

use super::node::{Kind, Node};
use crate::Diagnostic;

/// More mistakes than this are not looked for in one file.
const MOST: usize = 50;

/// Reads a tree as a type.
///
/// After a mistake the part that holds it is left out and the rest is read again, so that all of a file's mistakes are
/// reported at once.
pub(crate) fn read<T: DeserializeOwned>(node: &Node) -> Result<T, Vec<Diagnostic>> {
    let mut fault = match T::deserialize(node) {
        Ok(value) => return Ok(value),
        Err(fault) => fault,
    };
    let mut rest = node.clone();
    let mut diagnostics = Vec::new();
    let mut left_out: Vec<(Vec<usize>, String)> = Vec::new();
    loop {
        let path = fault.path();
        // What was left out may be what is missed now, or a misspelling of it.
        let follows = fault.missing().is_some_and(|missing| {
            left_out.iter().any(|(parent, name)| {
                *parent == path && (name == missing || crate::suggest::closest(name, [missing]).is_some())
            })
        });
        if !follows {
            diagnostics.push(fault.into_diagnostic(&node.place));
        }
        // What lacks a field is left out as a whole; else the field itself is.
        let Some(removed) = leave_out(&mut rest, &path) else {
            break;
        };
        left_out.push(removed);
        if diagnostics.len() >= MOST {
            break;
        }
        match T::deserialize(&rest) {
            Ok(_) => break,
            Err(next) => fault = next,
        }
    }
    Err(diagnostics)
}

/// Takes a part out of a tree; returns the path of what held it, and its name. The root cannot be taken out.
fn leave_out(root: &mut Node, path: &[usize]) -> Option<(Vec<usize>, String)> {
    let (last, parents) = path.split_last()?;
    let mut at = &mut *root;
    for index in parents {
        at = match &mut at.kind {
            Kind::List(items) => items.get_mut(*index)?,
            Kind::Map(entries) => &mut entries.get_mut(*index)?.1,
            Kind::Scalar(_) => return None,
        };
    }
    if matches!(&at.kind, Kind::Map(entries) if entries.len() == 1) {
        // Nothing would be left of it: a step without its key is no step.
        return leave_out(root, parents);
    }
    let name = match &mut at.kind {
        Kind::List(items) if *last < items.len() => {
            items.remove(*last);
            String::new()
        }
        Kind::Map(entries) if *last < entries.len() => entries.remove(*last).0.text()?.to_owned(),
        _ => return None,
    };
    Some((parents.to_vec(), name))
}
