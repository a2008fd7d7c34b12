// SPDX-License-Identifier: ISC
#include "tls/wire.hpp"

namespace mailpipe::tls {

Result<TlsStream*> Wire::start_tls(const Context& context, io::Deadline deadline) {
    auto accepted = TlsStream::accept(context, plain_, deadline);
    if (!accepted) return failure(accepted.error());
    secure_ = std::move(*accepted);
    return secure_.get();
}

void Wire::close() {
    if (secure_) secure_->close(io::Deadline::after(std::chrono::seconds{2}));
}

}  // namespace mailpipe::tls
