use aqueduct_tests::{analyzed, systems};
#[test]
fn emit() {
    for (name, text) in systems() {
        let (analysis, _) = analyzed(&name, &text);
        let checked = analysis.checked().expect("clean");
        let origin = aqueduct_targets::Origin { source: "in.flow".into(), version: "0.1.0".into() };
        for target in aqueduct_targets::all() {
            for (path, file) in aqueduct_targets::emit(target, checked, &origin).iter() {
                let p = std::path::Path::new("/tmp/out").join(&name).join(target.name).join(path);
                std::fs::create_dir_all(p.parent().unwrap()).unwrap();
                std::fs::write(p, &file.text).unwrap();
            }
        }
    }
}
