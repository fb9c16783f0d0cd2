//! Somebody who uses the server as a browser does.

use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::TestServer;

/// Somebody with an account, signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The person's number.
    pub id: Uuid,
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The recovery code as shown.
    pub recovery_code: String,
    /// The session cookie's value.
    pub cookie: String,
    /// What the browser is known by; empty is a new browser each time.
    pub device: String,
    client: Client,
    origin: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: header::HeaderMap,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The body as JSON; `Null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// Insists on a status, showing the body if it is another.
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The session cookie that was set, if one was.
    pub fn cookie(&self) -> Option<String> {
        self.set_cookie("__Host-sid=")
    }

    /// The mark of a known device that was set, if one was.
    pub fn device(&self) -> Option<String> {
        self.set_cookie("__Host-device=")
    }

    fn set_cookie(&self, prefix: &str) -> Option<String> {
        let mut set = self.headers.get_all(header::SET_COOKIE).iter();
        let value = set.find_map(|set| set.to_str().ok()?.strip_prefix(prefix))?;
        let value = value.split(';').next()?;
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The field that a refusal names.
    pub fn field(&self) -> String {
        self.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned()
    }

    async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        let status = response.status();
        let headers = response.headers().clone();
        let text = response.text().await.expect("a whole body");
        Self { status, headers, text }
    }
}

impl Person {
    pub(crate) async fn sign_up(server: &TestServer, name: &str) -> Self {
        let mut person = Self {
            id: Uuid::nil(),
            email: format!("{name}@example.org"),
            password: format!("{name} walks by the sea"),
            recovery_code: String::new(),
            cookie: String::new(),
            device: String::new(),
            client: server.client().clone(),
            origin: server.origin.clone(),
        };
        let body = json!({"email": person.email, "password": person.password});
        let answer = person.post("/api/v1/account", &body).await.expect(201);
        person.cookie = answer.cookie().expect("a session");
        let code = answer.json();
        person.recovery_code.push_str(code["recovery_code"].as_str().expect("a recovery code"));
        let session = person.get("/api/v1/session").await.expect(200).json();
        person.id = session["person_id"].as_str().and_then(|id| id.parse().ok()).expect("a number");
        person
    }

    /// The same person at another server.
    #[must_use]
    pub fn at(&self, server: &TestServer) -> Self {
        let (client, origin) = (server.client().clone(), server.origin.clone());
        Self { client, origin, ..self.clone() }
    }

    /// Signs in again, as another device would.
    pub async fn sign_in(&self) -> Self {
        let mut device = Self { cookie: String::new(), ..self.clone() };
        let body = json!({"email": self.email, "password": self.password});
        let answer = device.post("/api/v1/session", &body).await.expect(201);
        device.cookie = answer.cookie().expect("a session");
        device
    }

    /// Comes back with the recovery code under a new password: a new session, password and code.
    pub async fn recover(&self, new_password: &str) -> Self {
        let mut back = Self { cookie: String::new(), ..self.clone() };
        let code = json!({"email": self.email, "recovery_code": self.recovery_code});
        let answer = back.post("/api/v1/session/recovery", &code).await.expect(201);
        back.cookie = answer.cookie().expect("a session");
        new_password.clone_into(&mut back.password);
        let chosen = json!({"new_password": new_password});
        let answer = back.post("/api/v1/session/recovery/password", &chosen).await.expect(201);
        answer.json()["recovery_code"]
            .as_str()
            .expect("a recovery code")
            .clone_into(&mut back.recovery_code);
        back
    }

    /// The same person in another session, or in none.
    #[must_use]
    pub fn with_cookie(&self, cookie: impl Into<String>) -> Self {
        Self { cookie: cookie.into(), ..self.clone() }
    }

    /// The same person with another password.
    #[must_use]
    pub fn with_password(&self, password: impl Into<String>) -> Self {
        Self { password: password.into(), ..self.clone() }
    }

    /// Shows the password once more: what needs a fresh proof may follow for five minutes.
    pub async fn prove(&mut self) {
        let proof = json!({"password": self.password});
        self.prove_with(&proof).await;
    }

    /// Shows once more who it is; the session goes on under a new token.
    pub async fn prove_with(&mut self, proof: &Value) {
        let answer = self.post("/api/v1/session/proof", proof).await.expect(204);
        self.cookie = answer.cookie().expect("a new token");
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    /// Sends JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(body)).await
    }

    /// Sends JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(body)).await
    }

    /// Removes.
    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// Sends a body as it is, with the headers a browser adds for our own page.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request =
            self.request(method, path).header(header::CONTENT_TYPE, "application/json").body(body);
        Answer::of(request).await
    }

    /// A request with the session's cookie, to be sent by [`Person::answer`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.origin))
            .header(header::ORIGIN, &self.origin)
            .header("sec-fetch-site", "same-origin");
        let cookies: Vec<String> = [("__Host-sid", &self.cookie), ("__Host-device", &self.device)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if cookies.is_empty() {
            request
        } else {
            request.header(header::COOKIE, cookies.join("; "))
        }
    }

    /// Sends a request that was put together by hand.
    pub async fn answer(&self, request: RequestBuilder) -> Answer {
        Answer::of(request).await
    }

    /// Requests of this person about somebody else's diary: as a friend, or for an organisation.
    #[must_use]
    pub fn visit(&self, owner: Uuid, organisation: Option<Uuid>) -> Visitor {
        Visitor { person: self.clone(), owner, organisation }
    }

    /// Invites somebody to parts of the diary, after a fresh proof; returns the link's secret.
    pub async fn invite(&mut self, parts: &Value) -> String {
        self.prove().await;
        let wish = json!({"your_name": "Ana", "for": "Ben", "purpose": "together", "parts": parts});
        let made = self.post("/api/v1/sharing/invitations", &wish).await.expect(201).json();
        let link = made["link"].as_str().expect("a link");
        link.split_once("/invitation#").expect("a fragment").1.to_owned()
    }

    /// Accepts an invitation with the link's secret.
    pub async fn accept(&self, secret: &str) -> Answer {
        let wish = json!({"secret": secret, "your_name": "Ben"});
        self.post("/api/v1/invitations/accept", &wish).await
    }

    /// Lets somebody else see parts of the diary, as people do: by an invitation that is accepted.
    pub async fn befriend(&mut self, other: &Self, parts: &Value) -> Visitor {
        let secret = self.invite(parts).await;
        drop(other.accept(&secret).await.expect(201));
        other.visit(self.id, None)
    }

    /// Makes an API token. Needs a fresh proof.
    pub async fn program(&self, access: &str, scopes: &[&str]) -> Program {
        let wish = json!({"name": access, "scopes": scopes, "access": access, "days": 30});
        let made = self.post("/api/v1/account/tokens", &wish).await.expect(201).json();
        Program {
            id: made["id"].as_str().and_then(|id| id.parse().ok()).expect("a number"),
            token: made["token"].as_str().expect("a token").to_owned(),
            client: self.client.clone(),
            origin: self.origin.clone(),
        }
    }

    /// Records some grams of a food and returns the entry's id.
    pub async fn eat(&self, day: &str, food: &str, grams: f64) -> Uuid {
        let id = Uuid::now_v7();
        let entry = day_entry(id, food, grams);
        let answer = self.post(&format!("/api/v1/days/{day}/entries"), &entry).await;
        drop(answer.expect(201));
        id
    }
}

/// Somebody who has another's diary open.
#[derive(Clone, Debug)]
pub struct Visitor {
    person: Person,
    owner: Uuid,
    organisation: Option<Uuid>,
}

impl Visitor {
    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    /// Sends JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(body)).await
    }

    /// Removes.
    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// A request that names whose diary it is about, and in which capacity.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.person.request(method, path);
        let request = request.header("keepwell-diary", self.owner.to_string());
        match self.organisation {
            None => request,
            Some(organisation) => request.header("keepwell-as", organisation.to_string()),
        }
    }
}

/// A program that carries an API token.
#[derive(Clone)]
pub struct Program {
    /// The token's number in its owner's list.
    pub id: Uuid,
    /// The token.
    pub token: String,
    client: Client,
    origin: String,
}

impl Program {
    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Sends JSON.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(method, path).json(body)).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    /// A request as a program sends it: the token, and nothing that a browser would add.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.origin));
        request.header(header::AUTHORIZATION, format!("Bearer {}", self.token))
    }

    /// Sends a request that was put together by hand.
    pub async fn answer(&self, request: RequestBuilder) -> Answer {
        Answer::of(request).await
    }
}

/// A food at breakfast, as the web app sends it.
pub fn day_entry(id: Uuid, food: &str, grams: f64) -> Value {
    json!({
        "id": id, "kind": "food", "group": "breakfast", "time": "08:15", "zone": "Europe/Berlin",
        "food": food, "amount": grams,
    })
}
