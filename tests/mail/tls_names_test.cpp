// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/tls_names.hpp"

using namespace mailpipe::mail;

TEST_CASE("Versions of TLS have one name", "[mail]") {
    struct Case { std::string_view word, version; };
    const auto c = GENERATE(values<Case>({
        {"TLSv1.3", "TLSv1.3"}, {"TLS1_2", "TLSv1.2"}, {"tls1.1", "TLSv1.1"}, {"TLS-1.0", "TLSv1.0"}, {"TLSv1", "TLSv1.0"},
        {"SSLv3", "SSLv3"}, {"TLS", ""}, {"TLSv", ""}, {"TLS1.", ""}, {"TLS1.2x", ""}, {"TLS13_AES_256_GCM_SHA384", ""}, {"", ""},
    }));
    CAPTURE(c.word);
    CHECK(tls_version(c.word) == c.version);
}

TEST_CASE("Cipher suites are told from other words", "[mail]") {
    for (const auto* name : {"TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES128-GCM-SHA256", "DES-CBC3-SHA", "ECDHE_ECDSA_CHACHA20_POLY1305",
                             "TLS_CHACHA20_POLY1305_SHA256"}) {
        CHECK(is_tls_cipher(name));
    }
    for (const auto* word : {"", "SHA256", "RSA-PSS", "CRAM-MD5", "-SHA", "key-exchange"}) CHECK_FALSE(is_tls_cipher(word));
}
