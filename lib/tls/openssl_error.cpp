// SPDX-License-Identifier: ISC
#include "tls/openssl_error.hpp"

#include <cstring>

#include <openssl/err.h>

namespace mailpipe::tls {

std::string take_openssl_error() {
    const unsigned long first = ERR_get_error();
    ERR_clear_error();
    if (first == 0) return "no reason given";
    if (ERR_SYSTEM_ERROR(first)) return ::strerrordesc_np(ERR_GET_REASON(first));
    const char* reason = ERR_reason_error_string(first);
    return reason != nullptr ? reason : "no reason given";
}

}  // namespace mailpipe::tls
