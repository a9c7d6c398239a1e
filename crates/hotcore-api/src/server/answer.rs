//! Answers: a status and JSON.

use hotcore_vcpu::{RequestError, ResizeError};
use hotcore_vmm::CommandError;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde::Serialize;

use crate::wire::{Operation, Outcome};

/// What a client is answered.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    json: Option<Vec<u8>>,
    allow: Option<Method>,
}

impl Answer {
    /// Done; there is nothing to say.
    pub(super) fn done() -> Self {
        Self { status: StatusCode::NO_CONTENT, json: None, allow: None }
    }

    /// `value`, as JSON.
    pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => Self { status, json: Some(json), allow: None },
            // None of our types has maps or writers that could fail.
            Err(error) => {
                tracing::error!("an answer cannot be written as JSON: {error}");
                Self { status: StatusCode::INTERNAL_SERVER_ERROR, json: None, allow: None }
            }
        }
    }

    /// An error in words.
    pub(super) fn error(status: StatusCode, text: impl Into<String>) -> Self {
        Self::json(status, &[text.into()])
    }

    /// A wrong request.
    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self::error(StatusCode::BAD_REQUEST, text)
    }

    /// The path exists, for another method.
    pub(super) fn wrong_method(path: &str, allowed: Method) -> Self {
        let text = format!("{path} takes {allowed} only");
        let answer = Self::error(StatusCode::METHOD_NOT_ALLOWED, text);
        Self { allow: Some(allowed), ..answer }
    }

    /// An operation that has ended, as its status says it.
    pub(super) fn ended(operation: &Operation) -> Self {
        let status = match operation.outcome {
            Some(Outcome::Refused | Outcome::Cancelled) => StatusCode::CONFLICT,
            Some(Outcome::TimedOut) => StatusCode::GATEWAY_TIMEOUT,
            Some(
                Outcome::Online
                | Outcome::Ejected
                | Outcome::AcceptedNotOnlined
                | Outcome::CompletedByReset,
            ) => StatusCode::OK,
            None => StatusCode::ACCEPTED,
        };
        Self::json(status, operation)
    }
}

impl From<CommandError> for Answer {
    fn from(error: CommandError) -> Self {
        let status = match error {
            CommandError::Request(error) => return error.into(),
            CommandError::Resize(error) => return error.into(),
            CommandError::NoMachine => StatusCode::NOT_FOUND,
            CommandError::WrongState { .. } => StatusCode::METHOD_NOT_ALLOWED,
            CommandError::Config(_) => StatusCode::BAD_REQUEST,
            CommandError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::error(status, error.to_string())
    }
}

impl From<RequestError> for Answer {
    fn from(error: RequestError) -> Self {
        let status = match error {
            RequestError::NoSuchCpu { .. } | RequestError::BootCpu | RequestError::Fixed(_) => {
                StatusCode::BAD_REQUEST
            }
            RequestError::AlreadyEnabled(_)
            | RequestError::NotEnabled(_)
            | RequestError::InProgress(..)
            | RequestError::TooLate(_) => StatusCode::CONFLICT,
            RequestError::Ejecting(..) => StatusCode::TOO_MANY_REQUESTS,
            RequestError::NoSuchOperation(_) => StatusCode::NOT_FOUND,
        };
        Self::error(status, too_many_requests(status, &error.to_string()))
    }
}

impl From<ResizeError> for Answer {
    fn from(error: ResizeError) -> Self {
        let status = match error {
            ResizeError::OutOfRange { .. } | ResizeError::TooFewRemovable { .. } => {
                StatusCode::BAD_REQUEST
            }
            ResizeError::Ejecting { .. } => StatusCode::TOO_MANY_REQUESTS,
        };
        Self::error(status, too_many_requests(status, &error.to_string()))
    }
}

/// Kata asks again only where the text of an error has these three words.
fn too_many_requests(status: StatusCode, text: &str) -> String {
    const WORDS: &str = "Too Many Requests";
    if status == StatusCode::TOO_MANY_REQUESTS && !text.contains(WORDS) {
        return format!("{WORDS}: {text}");
    }
    text.to_owned()
}

impl From<Answer> for Response<Full<Bytes>> {
    fn from(answer: Answer) -> Self {
        let has_body = answer.json.is_some();
        let mut response = Self::new(Full::from(answer.json.unwrap_or_default()));
        *response.status_mut() = answer.status;
        let headers = response.headers_mut();
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(method) = answer.allow
            && let Ok(value) = HeaderValue::from_str(method.as_str())
        {
            headers.insert(ALLOW, value);
        }
        response
    }
}
