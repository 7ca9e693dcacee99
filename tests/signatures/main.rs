//! Signatures of RFC 7515 are judged alike on the host, with limbs of 64 bits, and in the browser, with limbs of 32.

use polar_connect::http::Response;
use polar_connect::oidc::jwk;
use polar_connect::oidc::jws::{Algorithm, Jws, JwsError};
use serde_json::Value;

/// What both examples sign.
const PAYLOAD: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

struct Example {
    algorithm: Algorithm,
    header: &'static str,
    signature: &'static str,
    key: &'static str,
}

/// Appendix A.2.
const RSA: Example = Example {
    algorithm: Algorithm::Rs256,
    header: "eyJhbGciOiJSUzI1NiJ9",
    signature: "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    key: r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#,
};

/// Appendix A.3.
const P256: Example = Example {
    algorithm: Algorithm::Es256,
    header: "eyJhbGciOiJFUzI1NiJ9",
    signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    key: r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
};

impl Example {
    fn judged(&self, payload: &str, signature: &str) -> Result<Value, JwsError> {
        let response = Response {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: format!(r#"{{"keys":[{}]}}"#, self.key).into_bytes(),
        };
        let keys = jwk::parse(&response).expect("keys");
        let token = format!("{}.{payload}.{signature}", self.header);
        Jws::parse(&token, &[self.algorithm])
            .expect("a token")
            .verify(&keys)
    }

    fn check(&self) {
        let claims = self.judged(PAYLOAD, self.signature).expect("it holds");
        assert_eq!(
            (claims["iss"].as_str(), claims["exp"].as_i64()),
            (Some("joe"), Some(1_300_819_380))
        );
        let refused = |payload: &str, signature: &str| {
            let outcome = self.judged(payload, signature);
            assert_eq!(outcome, Err(JwsError::BadSignature { tried: 1 }));
        };
        refused(&PAYLOAD.replacen("MDA4", "MDA5", 1), self.signature);
        // One of its letters: the first, one in its middle, and the last but one, since not every bit of the last counts.
        let length = self.signature.len();
        for at in [0, length / 2, length - 2] {
            let mut other = self.signature.as_bytes().to_vec();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            refused(PAYLOAD, std::str::from_utf8(&other).expect("ASCII"));
        }
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn agrees_with_rfc_7515_appendix_a_2() {
    RSA.check();
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn agrees_with_rfc_7515_appendix_a_3() {
    P256.check();
}
