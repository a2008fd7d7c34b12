// SPDX-License-Identifier: ISC
#include "view/best_parts.hpp"

#include <algorithm>
#include <string>

#include "mime/attachment.hpp"
#include "mime/content_type.hpp"

namespace mailpipe::view {

namespace {

using mime::Part;
using mime::Structure;

/// How well a terminal shows it; 0: not at all.
struct Readable {
    std::string_view type;
    int rank;
};
constexpr Readable readable[] = {
    {"text/plain", 3},           {"text/html", 2},
    {"text/markdown", 1},        {"text/enriched", 1},
    {"text/x-patch", 1},         {"text/x-diff", 1},
    {"text/rfc822-headers", 1},  {"message/delivery-status", 1},
    {"message/disposition-notification", 1},
};

int rank_of(std::string_view message, const Part& part) {
    if (part.kind != Part::Kind::leaf) return 0;
    const auto* known = std::ranges::find(readable, mime::content_type(message, part).name(), &Readable::type);
    if (known == std::end(readable)) return 0;
    const bool is_inline = mime::disposition(message, part).type == "inline";
    const bool is_file = known->type.starts_with("text/") && mime::is_attachment(message, part) && !is_inline;
    const bool is_blank = part.body.of(message).find_first_not_of(" \t\r\n") == std::string_view::npos;
    return is_file ? 0 : is_blank ? 1 : known->rank;
}

class Chooser {
public:
    Chooser(std::string_view message, const Structure& structure)
        : message_(message), parts_(structure.parts), ranks_(parts_.size()), best_(parts_.size()), is_hidden_(parts_.size()),
          has_alternatives_(parts_.size()) {}

    std::vector<Showing> choose() {
        for (std::size_t index = 0; index < parts_.size(); ++index) {
            has_alternatives_[index] = has_alternatives(parts_[index]);
            ranks_[index] = rank_of(message_, parts_[index]);
            if (ranks_[index] > 0) raise(index);
        }
        std::vector<Showing> showings;
        for (std::size_t index = 0; index < parts_.size(); ++index) showings.push_back(showing_of(index));
        return showings;
    }

private:
    bool has_alternatives(const Part& part) const {
        return part.kind == Part::Kind::multipart && mime::content_type(message_, part).subtype == "alternative";
    }

    /// What a part says is what all around it say.
    void raise(std::size_t leaf) {
        for (auto index = leaf; index != 0; index = parts_[index].parent) {
            ranks_[index] = std::max(ranks_[index], ranks_[leaf]);
            auto& best = best_[parts_[index].parent];
            if (best == 0 || ranks_[index] >= ranks_[best]) best = index;  // of equals the last: RFC 2046 section 5.1.4
        }
    }

    Showing showing_of(std::size_t index) {
        const auto& part = parts_[index];
        if (index != 0) {
            const auto best = best_[part.parent];
            const bool is_worse = best != 0 && best != index && has_alternatives_[part.parent];
            is_hidden_[index] = is_hidden_[part.parent] || is_worse;
        }
        if (is_hidden_[index] || part.kind == Part::Kind::multipart) return Showing::nothing;
        if (part.kind == Part::Kind::message) return Showing::message;
        return ranks_[index] > 0 ? Showing::text : Showing::line;
    }

    std::string_view message_;
    const std::vector<Part>& parts_;
    std::vector<int> ranks_;         // of the best text in a part
    std::vector<std::size_t> best_;  // of a part's children, 0 where none has text
    std::vector<bool> is_hidden_;
    std::vector<bool> has_alternatives_;
};

}  // namespace

std::vector<Showing> choose_parts(std::string_view message, const Structure& structure) {
    return Chooser{message, structure}.choose();
}

}  // namespace mailpipe::view
