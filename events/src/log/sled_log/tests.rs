use tempfile::TempDir;

use super::*;

fn sled() -> impl Fn() -> Box<dyn Log> {
    let directory = TempDir::new().unwrap();
    move || Box::new(SledLog::open(directory.path(), &Options::default()).unwrap())
}

crate::log_contract!(sled, persistent);
