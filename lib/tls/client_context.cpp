// SPDX-License-Identifier: ISC
#include "tls/client_context.hpp"

#include <sys/stat.h>

#include <algorithm>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "tls/openssl_error.hpp"
#include "tls/policy.hpp"

namespace mailpipe::tls {

namespace {

constexpr std::uint8_t dane_ta = 2, dane_ee = 3;
constexpr std::uint8_t whole_certificate = 0, public_key = 1;  // selectors
constexpr std::uint8_t whole_data = 0, sha2_256 = 1, sha2_512 = 2;  // matching types

bool is_directory(const std::string& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

Error no_memory() { return {Fault::transient, "TLS: " + take_openssl_error()}; }

Result<void> expect_tlsa(SSL* session, const Expectation& expectation) {
    if (SSL_dane_enable(session, expectation.names.front().c_str()) != 1) return failure(no_memory());
    // RFC 7672 section 3.1.1: the TLSA record itself binds the key to the name.
    SSL_dane_set_flags(session, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    for (const auto& record : expectation.tlsa) {
        if (!is_usable(record)) continue;
        const auto* data = reinterpret_cast<const unsigned char*>(record.data.data());
        // Data that can't be what it says, no certificate at all, is passed over: the others decide.
        if (SSL_dane_tlsa_add(session, record.usage, record.selector, record.matching_type, data, record.data.size()) < 0) {
            return failure(no_memory());
        }
    }
    return {};
}

bool has_right_length(const TlsaRecord& record) {
    switch (record.matching_type) {
        case whole_data: return !record.data.empty();
        case sha2_256: return record.data.size() == SHA256_DIGEST_LENGTH;
        case sha2_512: return record.data.size() == SHA512_DIGEST_LENGTH;
        default: return false;
    }
}

std::string text_of(const X509_NAME* name) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out{BIO_new(BIO_s_mem()), BIO_free};
    if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) return {};
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(std::max(size, 0L))};
}

std::time_t time_of(const ASN1_TIME* time) {
    std::tm parts{};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? ::timegm(&parts) : 0;
}

std::vector<std::string> names_of(const X509* certificate) {
    std::vector<std::string> names;
    auto* all = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(all, i);
        if (name->type != GEN_DNS) continue;
        const auto* octets = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
        names.emplace_back(octets, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    }
    GENERAL_NAMES_free(all);
    return names;
}

}  // namespace

void ClientContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<ClientContext> ClientContext::make(const std::string& trusted) {
    ClientContext context{new_context(TLS_client_method())};
    auto* native = context.native();
    if (native == nullptr || SSL_CTX_dane_enable(native) != 1) return failure(no_memory());
    const bool loaded = is_directory(trusted) ? SSL_CTX_load_verify_dir(native, trusted.c_str()) == 1
                                              : SSL_CTX_load_verify_file(native, trusted.c_str()) == 1;
    if (loaded) return context;
    const auto what = fmt::format("tls-trust: {} has no CA certificates in PEM form: {}", trusted, take_openssl_error());
    return failure({Fault::permanent, what, ExitStatus::configuration});
}

bool is_usable(const TlsaRecord& record) {
    const bool is_known = record.selector == whole_certificate || record.selector == public_key;
    return (record.usage == dane_ta || record.usage == dane_ee) && is_known && has_right_length(record);
}

Result<void> expect(ssl_st* session, const Expectation& expectation) {
    SSL_set_verify(session, SSL_VERIFY_NONE, nullptr);  // it is looked at all the same, for judge()
    if (expectation.names.empty()) return {};
    const bool by_dane = std::ranges::any_of(expectation.tlsa, is_usable);
    if (by_dane) {
        if (auto r = expect_tlsa(session, expectation); !r) return r;
    }
    SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const auto& first = expectation.names.front();
    bool is_set = SSL_set_tlsext_host_name(session, first.c_str()) == 1 && SSL_set1_host(session, first.c_str()) == 1;
    for (std::size_t i = 1; is_set && i < expectation.names.size(); ++i) {
        is_set = SSL_add1_host(session, expectation.names[i].c_str()) == 1;
    }
    return is_set ? Result<void>{} : failure(no_memory());
}

Verdict judge(ssl_st* session) {
    if (SSL_get0_peer_certificate(session) == nullptr) return {Trust::nobody, "the server has no certificate"};
    const long found = SSL_get_verify_result(session);
    if (found != X509_V_OK) return {Trust::nobody, X509_verify_cert_error_string(found)};
    if (SSL_get0_dane_authority(session, nullptr, nullptr) >= 0) return {Trust::dane, {}};
    const char* name = SSL_get0_peername(session);
    if (name == nullptr) return {Trust::nobody, "no name was asked for"};
    return {Trust::pkix, {}, name};
}

PeerCertificate describe_certificate(ssl_st* session) {
    const X509* certificate = SSL_get0_peer_certificate(session);
    if (certificate == nullptr) return {};
    return {names_of(certificate), text_of(X509_get_subject_name(certificate)), text_of(X509_get_issuer_name(certificate)),
            time_of(X509_get0_notBefore(certificate)), time_of(X509_get0_notAfter(certificate))};
}

}  // namespace mailpipe::tls
