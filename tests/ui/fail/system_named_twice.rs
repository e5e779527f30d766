//! The system's own name, said twice, and one that is none.

#[aqueduct::system(name = Shop, name = "Store")]
mod first {
    #[fault]
    pub struct SoldOut;
}

#[aqueduct::system(name = "my shop!")]
mod second {
    #[fault]
    pub struct SoldOut;
}

fn main() {}
