// SPDX-License-Identifier: ISC
// A client's connection as a server sees it: plain text, and above that TLS once it has begun.
#pragma once

#include <memory>

#include "io/fd_stream.hpp"
#include "tls/tls_stream.hpp"

namespace mailpipe::tls {

class Wire {
public:
    Wire(int input, int output) : plain_(input, output) {}

    io::FdStream& plain() { return plain_; }
    /// The server's side of the handshake. Errors: as TlsStream::accept().
    Result<TlsStream*> start_tls(const Context& context, io::Deadline deadline);
    bool is_secure() const { return secure_ != nullptr; }
    /// Says goodbye in TLS, where it is on.
    void close();

private:
    io::FdStream plain_;
    std::unique_ptr<TlsStream> secure_;
};

}  // namespace mailpipe::tls
