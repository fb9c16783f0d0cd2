//! The audit as a whole: whose it is, and how long.

use testkit::TestServer;

#[tokio::test]
async fn an_account_that_goes_takes_its_own_audit_along_and_nobody_else_s() {
    let server = TestServer::start(keepwell::router).await;
    let (ana, ben) = (server.person("ana").await, server.person("ben").await);
    for person in [&ana, &ben] {
        person.eat("2026-11-20", "usda-sr28:01009", 50.0).await;
    }
    let database = server.db.admin().await;
    database
        .batch_execute(&format!("delete from auth.principal where principal = '{}'", ana.id))
        .await
        .unwrap();
    let left = database.query("select distinct owner from audit.event", &[]).await.unwrap();
    let left: Vec<uuid::Uuid> = left.iter().map(|row| row.get(0)).collect();
    assert_eq!(left, [ben.id]);
}
