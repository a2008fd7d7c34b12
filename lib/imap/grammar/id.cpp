// SPDX-License-Identifier: ISC
#include "imap/grammar/id.hpp"

namespace mailpipe::imap {

Result<IdFields> parse_id(const Command& command) {
    Arguments in{command};
    IdFields fields;
    if (in.take_word("NIL")) return in.finish(std::move(fields));
    in.list_or_empty([&] {
        auto name = in.astring();
        in.space();
        auto value = in.nstring();
        if (fields.size() < max_id_fields) fields.emplace_back(std::move(name), std::move(value));
    });
    return in.finish(std::move(fields));
}

void append_id(std::string& out, const IdFields& fields) {
    if (fields.empty()) {
        out += "NIL";
        return;
    }
    out += '(';
    for (const auto& [name, value] : fields) {
        if (out.back() != '(') out += ' ';
        append_string(out, name);
        out += ' ';
        append_nstring(out, value);
    }
    out += ')';
}

}  // namespace mailpipe::imap
