// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fstream>

#include "support/temp_dir.hpp"
#include "tls/certificate.hpp"
#include "tls/context.hpp"

using mailpipe::tls::Context;
using namespace mailpipe::test;

TEST_CASE("Certificate and key stand in two files or in one, the chain behind", "[tls]") {
    const TempDir dir;
    const auto key = make_key();
    write_certificate(dir / "cert", key);
    write_certificate(dir / "cert", make_key(), "a");
    write_key(dir / "key", key);
    CHECK(Context::server(dir / "cert", dir / "key"));
    write_key(dir / "both", key);
    write_certificate(dir / "both", key, "a");
    CHECK(Context::server(dir / "both", ""));
    CHECK(Context::server(dir / "both", dir / "both"));
}

TEST_CASE("What is wrong with certificate or key is told with the file, as a wrong configuration", "[tls]") {
    const TempDir dir;
    const auto key = make_key();
    write_certificate(dir / "cert", key);
    write_key(dir / "key", key);
    write_key(dir / "other", make_key());
    write_key(dir / "locked", key, "secret");
    const Key other_type{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free};
    write_key(dir / "ed25519", other_type);
    std::ofstream{dir / "text"} << "no PEM at all\n";
    std::ofstream{dir / "empty"};

    struct Case { std::string certificate, key, what; };
    const auto c = GENERATE(values<Case>({
        {"none", "key", "tls-cert: open DIR/none: No such file or directory"},
        {"cert", "none", "tls-key: open DIR/none: No such file or directory"},
        {"text", "key", "tls-cert: DIR/text has no certificate in PEM form: no start line"},
        {"empty", "key", "tls-cert: DIR/empty has no certificate in PEM form: no start line"},
        {"key", "key", "tls-cert: DIR/key has no certificate in PEM form: no start line"},
        {"cert", "other", "tls-key: DIR/other is not the key of DIR/cert"},
        {"cert", "ed25519", "tls-key: DIR/ed25519 is not the key of DIR/cert"},
        {"cert", "cert", "tls-key: DIR/cert has no unencrypted private key in PEM form"},
        {"cert", "locked", "tls-key: DIR/locked has no unencrypted private key in PEM form"},
        {"cert", "empty", "tls-key: DIR/empty has no unencrypted private key in PEM form"},
    }));
    CAPTURE(c.certificate, c.key);
    const auto context = Context::server(dir / c.certificate, dir / c.key);
    REQUIRE_FALSE(context);
    std::string what = context.error().what;
    for (auto at = what.find(dir.path()); at != std::string::npos; at = what.find(dir.path())) what.replace(at, dir.path().size(), "DIR");
    CHECK(what.substr(0, c.what.size()) == c.what);
    CHECK(mailpipe::exit_status(context.error()) == mailpipe::ExitStatus::configuration);
}
