// SPDX-License-Identifier: ISC
#include "mime/tally.hpp"

#include <utility>

namespace mailpipe::mime {

LineEnds Tally::between(std::size_t begin, std::size_t end) const {
    return count_line_ends(message_.substr(begin, end - begin), begin > 0 ? message_[begin - 1] : '\0');
}

LineEnds Tally::before(std::size_t place) {
    if (place < at_) {
        const auto behind = between(place, at_);
        return {counted_.all - behind.all, counted_.bare - behind.bare};
    }
    const auto more = between(std::exchange(at_, place), place);
    counted_.all += more.all;
    counted_.bare += more.bare;
    return counted_;
}

}  // namespace mailpipe::mime
