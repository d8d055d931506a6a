//! family: addresses
//! split: train

#[derive(Debug, PartialEq)]
pub enum EndpointError {
    EmptyHost,
    UnclosedBracket,
    BareIpv6,
    BadPort(String),
}

/// Splits `host:port` or `[v6]:port`; without a port the default one is taken. Port 0 is refused.
pub fn split_host_port(text: &str, default: u16) -> Result<(&str, u16), EndpointError> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(inner) => inner
            .split_once(']')
            .ok_or(EndpointError::UnclosedBracket)?,
        None if text.matches(':').count() > 1 => return Err(EndpointError::BareIpv6),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    if host.is_empty() {
        return Err(EndpointError::EmptyHost);
    }
    if rest.is_empty() {
        return Ok((host, default));
    }
    let bad = || EndpointError::BadPort(rest.to_string());
    let port: u16 = rest
        .strip_prefix(':')
        .and_then(|p| p.parse().ok())
        .ok_or_else(bad)?;
    if port == 0 {
        return Err(bad());
    }
    Ok((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_port_is_the_default_one() {
        assert_eq!(split_host_port("example.org", 80), Ok(("example.org", 80)));
        assert_eq!(split_host_port("[::1]", 80), Ok(("::1", 80)));
    }

    #[test]
    fn a_given_port_wins() {
        assert_eq!(
            split_host_port("example.org:8080", 80),
            Ok(("example.org", 8080))
        );
        assert_eq!(
            split_host_port("[fe80::2]:65535", 80),
            Ok(("fe80::2", 65535))
        );
    }

    #[test]
    fn hosts_are_there_and_unambiguous() {
        assert_eq!(split_host_port(":80", 1), Err(EndpointError::EmptyHost));
        assert_eq!(split_host_port("[]:80", 1), Err(EndpointError::EmptyHost));
        assert_eq!(
            split_host_port("[::1", 1),
            Err(EndpointError::UnclosedBracket)
        );
        // Without brackets the last group could be a port as well.
        assert_eq!(split_host_port("::1", 1), Err(EndpointError::BareIpv6));
    }

    #[test]
    fn ports_are_numbers_from_1_to_65535() {
        for rest in [":0", ":65536", ":", ":http"] {
            let expected = EndpointError::BadPort(rest.to_string());
            assert_eq!(split_host_port(&format!("host{rest}"), 1), Err(expected));
        }
        assert_eq!(
            split_host_port("[::1]80", 1),
            Err(EndpointError::BadPort("80".into()))
        );
        assert_eq!(split_host_port("h:1", 9), Ok(("h", 1)));
    }
}
