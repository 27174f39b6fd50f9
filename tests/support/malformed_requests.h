#pragma once
// For tests: requests that must be refused, because some other reader of HTTP would understand them
// differently than we do, or not at all. One table for the reader alone and for the whole server.
#include <string>
#include <string_view>
#include <vector>

namespace sextant::test {

inline std::string with(std::string_view headers, std::string_view rest = {}) {
  return "POST /x HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n" + std::string(rest);
}

inline std::string chunked(std::string_view body) {
  return with("Transfer-Encoding: chunked\r\n", body);
}

inline std::string_view operator""_v(const char* text, std::size_t size) { return {text, size}; }

struct MalformedRequest {
  std::string_view why;
  std::string bytes;
  int status;
};

// A table.
// NOLINTNEXTLINE(readability-function-size)
inline std::vector<MalformedRequest> malformed_heads() {
  const std::string many = [] {
    std::string headers;
    for (int i = 0; i < 200; ++i) headers += "A: b\r\n";
    return headers;
  }();
  return {
      {"both lengths", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"both lengths, other order", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
       400},
      {"lengths that differ", with("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
      {"the same length twice", with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {"a list of lengths", with("Content-Length: 5, 5\r\n"), 400},
      {"a signed length", with("Content-Length: +5\r\n"), 400},
      {"a negative length", with("Content-Length: -5\r\n"), 400},
      {"a hexadecimal length", with("Content-Length: 0x5\r\n"), 400},
      {"a length with a blank", with("Content-Length: 5 5\r\n"), 400},
      {"an empty length", with("Content-Length:\r\n"), 400},
      {"a length above 64 bits", with("Content-Length: 18446744073709551616\r\n"), 400},
      {"another coding", with("Transfer-Encoding: gzip\r\n"), 501},
      {"chunked last", with("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"chunked first", with("Transfer-Encoding: chunked, identity\r\n"), 501},
      {"chunked twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"chunked and identity",
       with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), 400},
      {"quoted chunked", with("Transfer-Encoding: \"chunked\"\r\n"), 501},
      {"chunked with a parameter", with("Transfer-Encoding: chunked;a=b\r\n"), 501},
      {"misspelt chunked", with("Transfer-Encoding: xchunked\r\n"), 501},
      {"empty coding", with("Transfer-Encoding:\r\n"), 501},
      {"vertical tab before chunked", with("Transfer-Encoding: \vchunked\r\n"), 400},
      {"blank before the colon", with("Transfer-Encoding : chunked\r\n"), 400},
      {"tab before the colon", with("Content-Length\t: 5\r\n"), 400},
      {"folded header", with("X: a\r\n b\r\n"), 400},
      {"folded by tab", with("Transfer-Encoding:\r\n\tchunked\r\n"), 400},
      {"header that begins with a blank", "POST /x HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"bare LF ends a header", with("X: a\nTransfer-Encoding: chunked\r\n"), 400},
      {"bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"bare CR in a value", with("X: a\rTransfer-Encoding: chunked\r\n"), 400},
      {"CR CR LF", with("X: a\r\r\n"), 400},
      {"bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"NUL in a value", with("X: a\0b\r\n"_v), 400},
      {"NUL in a name", with("X\0: b\r\n"_v), 400},
      {"DEL in a value", with("X: a\x7f\r\n"), 400},
      {"escape in a value", with("X: \x1b[2J\r\n"), 400},
      {"empty name", with(": b\r\n"), 400},
      {"no colon", with("Xb\r\n"), 400},
      {"blank in a name", with("X Y: b\r\n"), 400},
      {"non-ASCII name", with("X\xc3\xa4: b\r\n"), 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
      {"Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"absolute form", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"target without slash", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"raw UTF-8", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"broken percent", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"percent and no digits", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400},
      {"lower-case protocol", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"junk behind the version", "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n", 400},
      {"HTTP/1.0 with chunks", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"blank first", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"TLS greeting", "\x16\x03\x01\x02", 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"control in the method", "G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"bad Connection list", with("Connection: close,,;\r\n"), 400},
      {"another expectation", with("Expect: the-best\r\n"), 417},
      {"too many headers", with(many), 431},
      {"too large a head", with("X: " + std::string(70'000, 'x') + "\r\n"), 431},
      {"a head without end", "GET /" + std::string(70'000, 'x'), 431},
  };
}

// Their heads are in order.
inline std::vector<MalformedRequest> malformed_chunks() {
  return {
      {"no size", chunked("\r\nabc\r\n0\r\n\r\n"), 400},
      {"no hexadecimal", chunked("xyz\r\nabc\r\n0\r\n\r\n"), 400},
      {"signed size", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400},
      {"negative size", chunked("-3\r\nabc\r\n0\r\n\r\n"), 400},
      {"0x size", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400},
      {"blank before the size", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400},
      {"blank behind the size", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400},
      {"size above 64 bits", chunked("10000000000000000\r\nabc\r\n0\r\n\r\n"), 400},
      {"size ends in LF", chunked("3\nabc\r\n0\r\n\r\n"), 400},
      {"CR in the size", chunked("3\r3\r\nabc\r\n0\r\n\r\n"), 400},
      {"too little data", chunked("5\r\nabc\r\n0\r\n\r\n"), 400},
      {"too much data", chunked("2\r\nabc\r\n0\r\n\r\n"), 400},
      {"data ends in LF", chunked("3\r\nabc\n0\r\n\r\n"), 400},
      {"long extension", chunked("3;" + std::string(300, 'a') + "\r\nabc\r\n0\r\n\r\n"), 400},
      {"endless extension", chunked("3;" + std::string(20'000, 'a')), 400},
      {"LF in an extension", chunked("3;a=\"\n\"\r\nabc\r\n0\r\n\r\n"), 400},
      {"NUL in an extension", chunked("3;a=\"\0\"\r\nabc\r\n0\r\n\r\n"_v), 400},
      {"extension without a name", chunked("3;\r\nabc\r\n0\r\n\r\n"), 400},
      {"endless trailer", chunked("0\r\nA: " + std::string(20'000, 'b')), 400},
      {"endless zeros", chunked(std::string(20'000, '0')), 400},
      {"malformed trailer", chunked("0\r\nno colon\r\n\r\n"), 400},
      {"a length as trailer", chunked("0\r\nContent-Length: 3\r\n\r\n"), 400},
      {"a coding as trailer", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400},
  };
}

}  // namespace sextant::test
