// SPDX-License-Identifier: ISC
// "; name=value" behind a MIME field's first word: RFC 2045 section 5.1, RFC 2231.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailpipe::mime {

struct Parameter {
    std::string name;      ///< in lower case, without RFC 2231's marks
    std::string value;     ///< UTF-8 where RFC 2231 tells a charset, else as it stands
    std::string language;  ///< of RFC 2231; mostly empty
    bool is_extended;      ///< in RFC 2231's form: its charset is done with
};

/// Of one field, RFC 2231 section 3's parts of a value counted one by one; more of them are left out.
constexpr std::size_t max_pieces = 1000;

/// All that can be read, in the order of their names; of one name what is in RFC 2231's form, else the first.
/// `is_valid`: nothing had to be guessed. Guessed is: a value with blanks or specials that is not quoted goes on until ';'
/// or the next name and '=', a quote without its end until the end of the field; what has no '=' or no value is left out.
struct Parameters {
    std::vector<Parameter> all;
    bool is_valid = true;

    /// Null where there is none; `name` in lower case.
    const Parameter* find(std::string_view name) const;
};
/// `text` begins with the first ';', or is empty. Folded or not, with comments.
Parameters parse_parameters(std::string_view text);

/// The same text for those who decode RFC 2231 themselves: names in lower case with its marks ("filename*0*"), and values
/// without quotes, all of them in their order.
using ParameterPieces = std::vector<std::pair<std::string, std::string>>;
ParameterPieces split_parameters(std::string_view text);

/// ";" and, in a new line of 76 octets at most, one "name=value" as it is written, or as many as RFC 2231 section 3 makes
/// of a long value. `name` is a short token; `value` is UTF-8: in quotes where it is short and plain ASCII, else
/// percent-encoded.
std::string format_parameter(std::string_view name, std::string_view value);

}  // namespace mailpipe::mime
