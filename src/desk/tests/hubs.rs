//! Hubs that call, send, fall silent and go, by a clock that the tests set.

mod deliveries;

use ring::hmac;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::world::{Page, World, minute, rss};
use crate::desk::{Cycle, lock};
use crate::model::{Entry, Subscription, SubscriptionState};
use crate::serve;

const A: &str = "a.example/feed";
/// On one's own network, where a secret may be sent as it is.
const HUB: &str = "127.0.0.1/hub";
const DAY: i64 = 24 * 60;

/// A feed that names the hub, with items of these numbers.
fn feed(port: u16, numbers: &[u32]) -> String {
    let items: Vec<_> = numbers.iter().map(|n| (n.to_string(), format!("https://f.example/{n}"), title(*n))).collect();
    let items: Vec<_> = items.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
    let links = format!(
        "<channel><link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"http://127.0.0.1:{port}/hub\"/>\
         <link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"https://f.example/canonical\"/>"
    );
    rss(&items).replace("<channel>", &links)
}

fn title(number: u32) -> String {
    let names = ["lighthouse keeper", "harbour ferry", "orchestra", "glacier", "parliament", "marathon", "comet"];
    format!("Report {number} of the {}", names[number as usize % names.len()])
}

/// A desk whose source named a hub that took the request.
async fn requested() -> World {
    let world = World::callable(&[A]).await;
    world.put(A, Page::feed(feed(world.port(), &[1])));
    world.put(HUB, Page::status(202));
    world.at(0).await;
    world.desk().ask_hubs(minute(1)).await;
    world
}

/// The same after the hub has verified it, for ten days.
async fn active() -> World {
    let world = requested().await;
    assert_eq!(world.verify("subscribe", 864_000, 1).await, 200);
    world
}

impl World {
    fn subscriptions(&self) -> Vec<Subscription> {
        lock(&self.desk().core).store.subscriptions().expect("read")
    }

    fn subscription(&self) -> Subscription {
        let all = self.subscriptions();
        assert_eq!(all.len(), 1, "{all:?}");
        all.into_iter().next().expect("one")
    }

    /// The forms that the hub was sent, decoded.
    fn forms(&self) -> Vec<Vec<(String, String)>> {
        let forms = self.requests(HUB).into_iter().filter(|request| request.method == "POST");
        forms.map(|request| url::form_urlencoded::parse(&request.body).into_owned().collect()).collect()
    }

    /// Calls back like a hub would, and has the desk take it in after so many minutes.
    async fn call(&self, head: &str, body: &[u8], minutes: i64) -> (u16, Cycle) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(serve::serve(listener, self.desk().site().clone(), std::future::pending()));
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let head = format!("{head}Host: w.example\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), body].concat()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        server.abort();
        let mut cycle = Cycle::default();
        self.desk().hear_waiting(minute(minutes), &mut cycle).await.expect("heard");
        (answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status"), cycle)
    }

    async fn verify(&self, mode: &str, lease_seconds: u64, minutes: i64) -> u16 {
        let token = self.subscriptions().last().expect("one").token.clone();
        let token = token.reveal();
        let query = format!("hub.mode={mode}&hub.topic=https://f.example/canonical&hub.challenge=x");
        let head = format!("GET /websub/{token}?{query}&hub.lease_seconds={lease_seconds} HTTP/1.1\r\n");
        self.call(&head, b"", minutes).await.0
    }

    /// Sends a document, signed as it should be.
    async fn push(&self, body: &str, minutes: i64) -> Cycle {
        let Subscription { token, secret, .. } = self.subscription();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expect("a secret").reveal().as_bytes());
        let tag: String = hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let head = format!(
            "POST /websub/{} HTTP/1.1\r\nContent-Type: application/rss+xml\r\nX-Hub-Signature: sha256={tag}\r\n",
            token.reveal()
        );
        let (status, cycle) = self.call(&head, body.as_bytes(), minutes).await;
        assert_eq!(status, 202);
        cycle
    }

    fn entries(&self) -> Vec<Entry> {
        let latest = lock(&self.desk().core).store.latest(99).expect("read");
        latest.into_iter().map(|(entry, _)| entry).collect()
    }

    fn wait(&self, minutes: i64) -> i64 {
        (self.polling(A).next_check - minute(minutes)).num_minutes()
    }
}

#[tokio::test]
async fn a_source_that_names_a_hub_is_subscribed_to() {
    let world = requested().await;
    let Subscription { token, secret, state, .. } = world.subscription();
    let secret = secret.expect("one's own network hears it");
    let callback = format!("https://wire.example.org/desk/websub/{}", token.reveal());
    let expected = [
        ("hub.mode", "subscribe"),
        ("hub.topic", "https://f.example/canonical"),
        ("hub.callback", &callback),
        ("hub.lease_seconds", "864000"),
        ("hub.secret", secret.reveal()),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(world.forms(), [expected]);
    assert_eq!((state, token.reveal().len(), secret.reveal().len()), (SubscriptionState::Requested, 48, 64));
    world.desk().ask_hubs(minute(14)).await;
    world.at(14).await;
    assert_eq!(world.forms().len(), 1, "it gets a while to answer");
}

#[tokio::test]
async fn a_link_header_goes_before_the_document() {
    let world = World::callable(&[A]).await;
    let port = world.port();
    let links = format!("<http://c.example:{port}/hub>; rel=\"hub\", <http://a.example:{port}/topic>; rel=\"self\"");
    world.put(A, Page::feed(feed(port, &[1])).with("Link", &links));
    world.at(0).await;
    let subscription = world.subscription();
    assert_eq!(subscription.hub.as_url().as_str(), format!("http://c.example:{port}/hub"));
    assert_eq!(subscription.topic, format!("http://a.example:{port}/topic"));
}

#[tokio::test]
async fn a_304_names_hubs_when_it_says_all_of_it() {
    let world = World::callable(&[A]).await;
    let named = |links: &str| {
        Page::feed(rss(&[("1", "https://f.example/1", "Comet")])).with("ETag", "\"1\"").with("Link", links)
    };
    world.put(A, named(""));
    world.at(0).await;
    let hub = "<https://h.example/>; rel=hub";
    world.put(A, named(hub));
    world.force(60).await;
    assert_eq!(world.subscriptions(), []);
    world.put(A, named(&format!("{hub}, <https://f.example/feed>; rel=self")));
    assert_eq!(world.force(120).await.summary.unchanged, 1);
    assert_eq!(world.subscription().topic, "https://f.example/feed");
    // One that names none says nothing.
    world.put(A, named(""));
    world.force(180).await;
    assert_eq!(world.subscriptions().len(), 1);
}

#[tokio::test]
async fn nobody_is_subscribed_to_by_a_server_that_cannot_be_called() {
    let mut world = World::new(&[A]).await;
    let site = "[site]\nurl = \"https://wire.example.org/\"\n";
    for more in ["", "[site]\nurl = \"http://192.168.1.7/\"\n", &format!("{site}[server]\nlisten = \"off\"\n")] {
        world.reconfigure(more, &[A]);
        world.put(A, Page::feed(feed(world.port(), &[1])));
        world.force(0).await;
        assert_eq!(world.subscriptions(), [], "{more}");
    }
}

#[tokio::test]
async fn polling_is_rare_while_a_hub_delivers_and_as_before_when_it_does_not() {
    let world = active().await;
    assert!(world.wait(0) <= 66, "a hub that has only verified is not relied on: {}", world.wait(0));
    world.push(&feed(world.port(), &[2]), 30).await;
    world.put(A, Page::feed(feed(world.port(), &[1, 2])));
    world.at(70).await;
    let rare = world.wait(70);
    assert!((DAY * 9 / 10..=DAY).contains(&rare), "{rare}");
    // A poll finds what was not sent: twice, and the hub is asked anew.
    world.put(A, Page::feed(feed(world.port(), &[1, 2, 3])));
    world.at(70 + DAY).await;
    assert!(world.wait(70 + DAY) <= 66);
    assert_eq!(world.forms().len(), 1);
    world.put(A, Page::feed(feed(world.port(), &[1, 2, 3, 4])));
    world.at(140 + DAY).await;
    world.desk().ask_hubs(minute(141 + DAY)).await;
    assert_eq!(world.forms().len(), 2);
    world.push(&feed(world.port(), &[5]), 150 + DAY).await;
    world.put(A, Page::feed(feed(world.port(), &[1, 2, 3, 4, 5])));
    world.at(210 + DAY).await;
    assert!(world.wait(210 + DAY) > DAY / 2, "it delivers again");
}

#[tokio::test]
async fn a_lease_is_renewed_before_it_ends_and_polling_returns_when_it_is_not() {
    let world = active().await;
    world.push(&feed(world.port(), &[2]), 2).await;
    world.desk().ask_hubs(minute(7 * DAY)).await;
    assert_eq!(world.forms().len(), 1);
    world.desk().ask_hubs(minute(8 * DAY + 1)).await;
    assert_eq!(world.forms().len(), 2, "at four fifths");
    assert_eq!(world.forms()[0], world.forms()[1], "the same callback and secret");
    assert_eq!(world.verify("subscribe", 864_000, 8 * DAY + 2).await, 200);
    assert_eq!(world.subscription().lease_until, Some(minute(18 * DAY + 2)));
    // Then the hub is down for good.
    world.put(HUB, Page::status(500));
    for day in 16..20 {
        world.desk().ask_hubs(minute(day * DAY + 30)).await;
    }
    let subscription = world.subscription();
    assert!(subscription.error.as_ref().is_some_and(|error| error.contains("answered 500")), "{subscription:?}");
    world.force(17 * DAY + 20 * 60).await;
    assert_eq!(world.wait(17 * DAY + 20 * 60), 242, "no later than the lease ends");
    world.force(19 * DAY).await;
    assert!(world.wait(19 * DAY) <= 66);
}

#[tokio::test]
async fn a_hub_that_hangs_holds_up_no_other() {
    let hung: Vec<String> = (0..20).map(|number| format!("a.example/{number}")).collect();
    let sources: Vec<&str> = hung.iter().map(String::as_str).chain([A]).collect();
    let world = World::callable(&sources).await;
    let port = world.port();
    for source in &hung {
        world.put(source, Page::feed(feed(port, &[1]).replace("127.0.0.1", "b.example")));
    }
    world.put("b.example/hub", Page::status(0));
    world.put(A, Page::feed(feed(port, &[1])));
    world.put(HUB, Page::status(202));
    world.at(0).await;
    let heard = async {
        while world.forms().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = world.desk().ask_hubs(minute(1)) => panic!("the others hang"),
        () = heard => assert_eq!(world.requests("b.example/hub").len(), 1, "one request to a house at once"),
    }
}

#[tokio::test]
async fn a_hub_that_is_down_or_denies_changes_nothing() {
    let world = World::callable(&[A]).await;
    world.put(A, Page::feed(feed(world.port(), &[1])));
    world.put(HUB, Page::status(503).with("Retry-After", "7200"));
    world.at(0).await;
    world.desk().ask_hubs(minute(1)).await;
    world.desk().ask_hubs(minute(60)).await;
    assert_eq!(world.forms().len(), 1, "it is left alone as it asked");
    assert!(world.wait(0) <= 66);
    let token = world.subscription().token;
    let token = token.reveal();
    let head =
        format!("GET /websub/{token}?hub.mode=denied&hub.topic=https://f.example/canonical&hub.reason=no HTTP/1.1\r\n");
    assert_eq!(world.call(&head, b"", 130).await.0, 200);
    let subscription = world.subscription();
    assert_eq!((subscription.state, subscription.error.as_deref()), (SubscriptionState::Denied, Some("no")));
    world.force(140).await;
    world.desk().ask_hubs(minute(6 * DAY)).await;
    assert_eq!((world.forms().len(), world.wait(140) <= 66), (1, true));
    world.put(HUB, Page::status(202));
    world.desk().ask_hubs(minute(8 * DAY)).await;
    assert_eq!(world.forms().len(), 2, "it may have changed its mind");
}

#[tokio::test]
async fn a_hub_that_is_named_no_more_is_left_and_another_is_taken() {
    let mut world = active().await;
    let first = world.subscription();
    let port = world.port();
    world.put(A, Page::feed(feed(port, &[1, 2]).replace("/hub\"", "/other\"")));
    world.put("127.0.0.1/other", Page::status(202));
    world.force(60).await;
    let states = |world: &World| {
        let mut states: Vec<_> = world.subscriptions().iter().map(|s| s.state.as_str()).collect();
        states.sort_unstable();
        states
    };
    assert_eq!(states(&world), ["leaving", "requested"]);
    world.desk().ask_hubs(minute(61)).await;
    let last = world.forms().pop().expect("a form");
    assert_eq!(last[0], ("hub.mode".to_owned(), "unsubscribe".to_owned()));
    assert!(last.iter().any(|(_, value)| value.ends_with(&first.token.reveal())) && last.len() == 3, "{last:?}");
    assert_eq!(world.requests("127.0.0.1/other").len(), 1);
    let head = format!(
        "GET /websub/{}?hub.mode=unsubscribe&hub.topic={}&hub.challenge=x HTTP/1.1\r\n",
        first.token.reveal(),
        first.topic
    );
    assert_eq!(world.call(&head, b"", 61).await.0, 200);
    assert_eq!(states(&world), ["requested"]);
    // A source that is not configured any more leaves too; one that was never verified just goes.
    world.configure(&["c.example/feed"]);
    assert_eq!(world.subscriptions(), []);
}

#[tokio::test]
async fn subscriptions_outlive_a_restart_and_what_came_meanwhile_is_asked_for() {
    let mut world = active().await;
    world.push(&feed(world.port(), &[2]), 2).await;
    world.put(A, Page::feed(feed(world.port(), &[1, 2])));
    world.force(3).await;
    let before = world.subscription();
    world.configure(&[A]);
    assert_eq!(world.subscription(), before);
    assert_eq!(world.push(&feed(world.port(), &[3]), 4).await.summary.entries_new, 1);
    // A new address of the site is a new callback: the hub is told.
    world.reconfigure("[site]\nurl = \"https://other.example.org/\"\n", &[A]);
    let after = world.subscription();
    assert_eq!((after.state, after.hub, after.topic), (SubscriptionState::Requested, before.hub, before.topic));
    assert_ne!(after.token, before.token);
    // And nobody can call any more.
    world.reconfigure("[server]\nlisten = \"off\"\n", &[A]);
    assert_eq!(world.subscriptions(), []);
}

#[tokio::test]
async fn a_source_that_is_gone_is_no_hubs_business() {
    let world = active().await;
    world.put(A, Page::status(410));
    world.force(60).await;
    assert_eq!(world.subscription().state, SubscriptionState::Leaving);
}
