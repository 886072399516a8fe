# Varnish 7 in front of the mobile BFF or the web BFF, as a shared cache, over the built-in rules. Fill in, for instance with envsubst:
#   ${BFF_HOST} and ${BFF_PORT} of the BFF, ${PURGERS} address of the BFF's machines.
# The BFF: CDN_PURGE_URL=http://<here>, CDN_PURGE_BY=tags.
vcl 4.1;

import std;

backend bff {
  .host = "${BFF_HOST}";
  .port = "${BFF_PORT}";
  # A frozen BFF takes connections and never answers.
  .connect_timeout = 500ms;
  .first_byte_timeout = 5s;
  .between_bytes_timeout = 2s;
}

acl purgers {
  "${PURGERS}";
}

sub vcl_recv {
  if (req.method == "PURGE") {
    if (client.ip !~ purgers) {
      return (synth(403, "Forbidden"));
    }
    if (req.http.Surrogate-Key !~ "^[\w:-]+( [\w:-]+)*$") {
      return (synth(400, "Surrogate-Key: tags in letters, digits, _, : and -"));
    }
    # Only of obj: so the ban lurker can clear up behind it. \s: a ban's words are told apart by blanks.
    if (std.ban("obj.http.Surrogate-Key ~ (^|\s)(" + regsuball(req.http.Surrogate-Key, " ", "|") + ")(\s|$)")) {
      return (synth(200, "Purged"));
    }
    return (synth(500, std.ban_error()));
  }

  # The web BFF does not look at the session there: everybody gets the same answer.
  if (req.url ~ "^/graphql/public\?") {
    unset req.http.Cookie;
  }
  # Streams of the web BFF: silent for longer than an answer may be.
  if (req.http.Accept ~ "text/event-stream") {
    return (pipe);
  }

  # What a header asks for, where the URL does not say it: the BFF calls such an answer private.
  if (req.url ~ "[?&]locale=" || req.http.Accept-Language == "*") {
    unset req.http.Accept-Language;
  }
  if (req.url ~ "[?&]format=" || req.http.Accept == "*/*" || req.http.Accept == "application/json") {
    unset req.http.Accept;
  }
  if (req.http.Accept-Language || req.http.Accept) {
    return (pass);
  }

  # Grace: stale-while-revalidate of the screens; after an error of the BFF, their stale-if-error.
  if (req.restarts == 0) {
    set req.grace = 10m;
  } else {
    set req.grace = 1d;
  }
}

sub vcl_backend_response {
  if (beresp.http.Cache-Control ~ "stale-if-error=[0-9]+") {
    set beresp.grace = std.duration(regsub(beresp.http.Cache-Control, "^.*stale-if-error=([0-9]+).*$", "\1s"), 10s);
  }
  # An error must not take the place of what is stale.
  if (bereq.is_bgfetch && beresp.status >= 500) {
    return (abandon);
  }
}

sub vcl_deliver {
  # A GET is asked again, now for the stale answer; a write never is.
  if (resp.status >= 500 && req.restarts == 0 && (req.method == "GET" || req.method == "HEAD") && !req.http.Authorization) {
    return (restart);
  }
  unset resp.http.Surrogate-Key;
  if (obj.hits > 0) {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; hit";
  } else {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; fwd=miss";
  }
}
