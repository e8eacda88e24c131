//! Messages: requests, notices and answers.

use serde_json::{Value, json};

/// What came in.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A request, which waits for an answer under its id.
    Asked {
        /// A number or a string, of the CLI's choice and good for this connection only.
        id: Value,
        /// What is asked.
        method: String,
        /// With what.
        params: Value,
    },
    /// A notice, which nobody answers.
    Told {
        /// What is told.
        method: String,
        /// With what.
        params: Value,
    },
    /// The answer to our request of that number: its result, or the error in words.
    Answered(u64, Result<Value, String>),
}

/// Reads a line; `None` for what is no message.
pub fn read(line: &str) -> Option<Message> {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(line) else {
        return None;
    };
    let mut take = |name: &str| fields.remove(name).filter(|value| !value.is_null());
    let (id, method) = (take("id"), take("method"));
    let params = take("params").unwrap_or(Value::Null);
    match (id, method) {
        (Some(id), Some(Value::String(method))) => Some(Message::Asked { id, method, params }),
        (None, Some(Value::String(method))) => Some(Message::Told { method, params }),
        (Some(id), None) => {
            let result = match take("error") {
                Some(error) => Err(error["message"].as_str().unwrap_or("error").to_owned()),
                None => Ok(take("result").unwrap_or(Value::Null)),
            };
            Some(Message::Answered(id.as_u64()?, result))
        }
        _ => None,
    }
}

/// A request under a number of ours.
pub fn ask(id: u64, method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
}

/// A notice.
pub fn tell(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string()
}

/// The result of a request that came in.
pub(super) fn result(id: &Value, result: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string()
}

/// The refusal of a request that came in: JSON-RPC's code for a method that is not there.
pub(super) fn refuse(id: &Value, why: &str) -> String {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": why}}).to_string()
}

/// The first request of a connection. No file and no terminal is offered: the CLI's own are the
/// ones that its permissions are about.
pub fn initialize(id: u64) -> String {
    let params = json!({
        "protocolVersion": 1,
        "clientCapabilities": {
            "fs": {"readTextFile": false, "writeTextFile": false},
            "terminal": false,
        },
        "clientInfo": {"name": "pult", "version": env!("CARGO_PKG_VERSION")},
    });
    ask(id, "initialize", &params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_request_a_notice_an_answer_or_nothing() {
        let asked = read(r#"{"jsonrpc":"2.0","id":0,"method":"m","params":{"a":1}}"#);
        let (id, method, params) = (json!(0), "m".to_owned(), json!({"a": 1}));
        assert_eq!(asked, Some(Message::Asked { id, method, params }));
        let told = read(r#"{"method":"m"}"#);
        let (method, params) = ("m".to_owned(), Value::Null);
        assert_eq!(told, Some(Message::Told { method, params }));
        let answer = |line| match read(line) {
            Some(Message::Answered(id, result)) => (id, result),
            other => panic!("{other:?}"),
        };
        assert_eq!(answer(r#"{"id":7,"result":[]}"#), (7, Ok(json!([]))));
        let failed = answer(r#"{"id":7,"error":{"code":-32603,"message":"no"}}"#);
        assert_eq!(failed, (7, Err("no".to_owned())));
        for line in ["", "no JSON", "[]", "{}", r#"{"id":"x","result":1}"#] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn what_we_say_is_one_line_each() {
        for line in [
            initialize(1),
            ask(2, "m", &json!({"text": "a\nb"})),
            tell("m", &Value::Null),
        ] {
            assert!(!line.contains('\n'), "{line}");
            assert!(read(&line).is_some(), "{line}");
        }
    }
}
