//! HTTP 429 as each vendor answers it when an account's limit is used up.

use super::http::Stream;
use serde_json::json;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

/// Says that nothing goes until `at`, s since the epoch.
pub fn answer(stream: &mut Stream, path: &str, at: u64) -> io::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let wait = at.saturating_sub(now.map_or(0, |now| now.as_secs()));
    let mut headers = vec![("retry-after".to_owned(), wait.to_string())];
    let mut header = |name: &str, value: String| headers.push((name.to_owned(), value));
    let body = match path {
        "/v1/messages" => {
            header("x-should-retry", "false".to_owned());
            let unified = |name: &str| format!("anthropic-ratelimit-unified-{name}");
            header(&unified("status"), "rejected".to_owned());
            header(&unified("reset"), at.to_string());
            header(&unified("representative-claim"), "five_hour".to_owned());
            header(&unified("5h-status"), "rejected".to_owned());
            header(&unified("5h-reset"), at.to_string());
            json!({"type": "error", "error": {"type": "rate_limit_error",
                   "message": "This request would exceed your account's rate limit."}})
        }
        "/v1/responses" => {
            header("x-codex-primary-used-percent", "100".to_owned());
            header("x-codex-primary-window-minutes", "300".to_owned());
            header("x-codex-primary-reset-at", at.to_string());
            json!({"error": {"type": "usage_limit_reached", "plan_type": "plus", "resets_at": at,
                   "message": "The usage limit has been reached"}})
        }
        path if path.starts_with("/v1beta/") => json!({"error": {
            "code": 429, "status": "RESOURCE_EXHAUSTED",
            "message": "You exceeded your current quota.",
            "details": [
                // Of one by the day its CLI names no end.
                {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [
                    {"quotaId": "GenerateRequestsPerHourPerProjectPerModel"}]},
                {"@type": "type.googleapis.com/google.rpc.RetryInfo",
                 "retryDelay": format!("{wait}s")}]}}),
        _ => json!({"error": {"type": "rate_limit_error", "code": "rate_limit_exceeded",
                    "message": "Rate limit reached"}}),
    };
    stream.json_with(429, &headers, &body)
}
