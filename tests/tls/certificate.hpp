// SPDX-License-Identifier: ISC
// A key and a self-signed certificate, made when the test runs.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace mailpipe::test {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

inline Key make_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

inline void write_key(const std::string& path, const Key& key, const char* passphrase = nullptr) {
    const std::unique_ptr<FILE, decltype(&std::fclose)> file{std::fopen(path.c_str(), "w"), std::fclose};
    const auto* cipher = passphrase != nullptr ? EVP_aes_256_cbc() : nullptr;
    PEM_write_PrivateKey(file.get(), key.get(), cipher, nullptr, 0, nullptr, const_cast<char*>(passphrase));
}

inline void write_certificate(const std::string& path, const Key& key, const char* mode = "w") {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), X509_free};
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("mx.example"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const std::unique_ptr<FILE, decltype(&std::fclose)> file{std::fopen(path.c_str(), mode), std::fclose};
    PEM_write_X509(file.get(), certificate.get());
}

}  // namespace mailpipe::test
