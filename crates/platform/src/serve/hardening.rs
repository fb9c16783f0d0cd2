//! What the process gives up before it serves.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Makes sure that no copy of this process's memory, with people's keys in it, is ever written to
/// a disk or read by another process of the same user. Children inherit the limit.
pub fn no_core_dumps() -> std::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}
