//! How a source is reached: with which credentials, and through which proxy.

use std::fmt;

use url::Url;

use super::{Secret, SecretPlace};

/// What is sent to a source to be let in, and the way to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Access {
    /// Its `Authorization`.
    pub auth: Option<Auth>,
    /// Further headers, by their names; their values are secrets too.
    pub headers: Vec<(String, SecretPlace)>,
    /// The way to it.
    pub route: Route,
}

impl Access {
    /// Whether anything is sent that others must not see.
    pub fn has_credentials(&self) -> bool {
        self.auth.is_some() || !self.headers.is_empty()
    }

    /// Every secret of it, with the key of the configuration that names its place.
    pub fn secrets(&self) -> Vec<(String, &SecretPlace)> {
        let auth = self.auth.iter().map(|auth| match auth {
            Auth::Basic { password, .. } => (password.key("password"), password),
            Auth::Bearer(token) => (token.key("bearer"), token),
        });
        let headers = self.headers.iter().map(|(name, value)| (format!("headers.{name}"), value));
        let proxy = match &self.route {
            Route::Through(proxy) => proxy.secret(),
            Route::Default | Route::Direct => None,
        };
        auth.chain(headers).chain(proxy).collect()
    }
}

/// How a source knows who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Auth {
    /// A user and a password (RFC 7617).
    Basic {
        /// The user. Some servers take a token for one.
        user: Secret,
        /// The password.
        password: SecretPlace,
    },
    /// A token (RFC 6750 §2.1).
    Bearer(SecretPlace),
}

/// The way to a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Route {
    /// As all sources are asked.
    #[default]
    Default,
    /// Through no proxy.
    Direct,
    /// Through this one.
    Through(Proxy),
}

/// A proxy: `http`, `https`, `socks5` or `socks5h`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Proxy {
    /// Its address: with a host, without user and password.
    pub url: Url,
    /// The user, and where the password is kept.
    pub auth: Option<(Secret, SecretPlace)>,
}

impl Proxy {
    /// Its password, with the key of the configuration that names its place.
    pub fn secret(&self) -> Option<(String, &SecretPlace)> {
        self.auth.as_ref().map(|(_, password)| (format!("proxy.{}", password.key("password")), password))
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.url.as_str().trim_end_matches('/'))
    }
}
