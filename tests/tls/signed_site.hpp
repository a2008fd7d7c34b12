// SPDX-License-Identifier: ISC
// A server's certificate that a CA has signed, with more than one name: made when the test runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/x509v3.h>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "tls/certificate.hpp"

namespace mailpipe::test {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

inline void extend(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    REQUIRE(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// For `names`, or, without any, of a CA. By `issuer` and its key, or by itself.
inline Certificate make_certificate(const Key& key, const std::vector<std::string>& names, const X509* issuer, const Key& issuer_key) {
    Certificate certificate{X509_new(), X509_free};
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), names.empty() ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    const std::string subject = names.empty() ? "Test CA" : names.front();
    auto* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), issuer != nullptr ? X509_get_subject_name(issuer) : name);
    if (names.empty()) extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    std::string all;
    for (const auto& one : names) all += (all.empty() ? "DNS:" : ",DNS:") + one;
    if (!names.empty()) extend(certificate.get(), NID_subject_alt_name, all);
    X509_sign(certificate.get(), issuer_key.get(), EVP_sha256());
    return certificate;
}

inline void append_pem(const std::string& path, X509* certificate) {
    const std::unique_ptr<FILE, decltype(&std::fclose)> file{std::fopen(path.c_str(), "a"), std::fclose};
    PEM_write_X509(file.get(), certificate);
}

/// For mx.example and *.pool.example: the files "server", with its key, and "ca".
struct SignedSite {
    TempDir dir;
    Key ca_key = make_key(), key = make_key();
    Certificate ca = make_certificate(ca_key, {}, nullptr, ca_key);
    Certificate certificate = make_certificate(key, {"mx.example", "*.pool.example"}, ca.get(), ca_key);

    SignedSite() {
        append_pem(dir / "ca", ca.get());
        write_key(dir / "server", key);
        append_pem(dir / "server", certificate.get());
        append_pem(dir / "server", ca.get());
    }
};

}  // namespace mailpipe::test
