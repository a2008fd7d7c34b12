// SPDX-License-Identifier: ISC
// A peer in memory that answers each line as it comes.
#pragma once

#include <functional>
#include <string>

#include "support/memory_stream.hpp"

namespace mailpipe::test {

class AnsweringStream : public MemoryStream {
public:
    /// `answer`: of a line without its CRLF; nothing is an answer, too.
    AnsweringStream(std::string greeting, std::function<std::string(const std::string& line)> answer)
        : MemoryStream(std::move(greeting)), answer_(std::move(answer)) {}

    Result<void> write(std::string_view data, io::Deadline deadline) override {
        if (auto r = MemoryStream::write(data, deadline); !r) return r;
        unanswered_ += data;
        for (auto end = unanswered_.find("\r\n"); end != unanswered_.npos; end = unanswered_.find("\r\n")) {
            input += answer_(unanswered_.substr(0, end));
            unanswered_.erase(0, end + 2);
        }
        return {};
    }

private:
    std::function<std::string(const std::string&)> answer_;
    std::string unanswered_;
};

}  // namespace mailpipe::test
