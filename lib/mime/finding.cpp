// SPDX-License-Identifier: ISC
#include "mime/finding.hpp"

#include <iterator>

namespace mailpipe::mime {

namespace {

// In the order of the enumeration.
constexpr Explanation explanations[] = {
    {"boundary-missing", "RFC 2046 section 5.1.1", true, "a multipart without a boundary", "one text, or no message at all"},
    {"boundary-too-long", "RFC 2046 section 5.1.1", true, "a boundary of more than 70 characters", "a boundary cut there, or one text"},
    {"delimiter-missing", "RFC 2046 section 5.1", true, "a multipart in which its boundary never comes", "one text"},
    {"close-delimiter-missing", "RFC 2046 section 5.1.1", false, "a multipart that ends without its closing boundary",
     "a message that was cut off"},
    {"delimiter-goes-on", "RFC 2046 section 5.1.1", true, "text behind the boundary in its line", "a line of the part before it"},
    {"delimiter-after-close", "RFC 2046 section 5.1", true, "the boundary comes again behind its closing one", "one more part"},
    {"delimiters-nested-alike", "RFC 2046 section 5.1.2", true, "an outer boundary is the inner one, or its beginning",
     "the end of the inner multipart"},
    {"delimiter-in-header", "RFC 2046 section 5.1", true, "a part whose header ends in a boundary, without an empty line",
     "a part without a header"},
    {"empty-line-missing", "RFC 5322 section 2.2", true, "a line that is no field ends the header", "one more field, or no body"},
    {"field-name-not-ascii", "RFC 5322 section 2.2", true, "a field whose name is not ASCII", "the end of the header"},
    {"blank-before-colon", "RFC 5322 section 4.5", true, "blanks between a field's name and its colon", "the end of the header"},
    {"field-twice", "RFC 5322 section 3.6", true, "a field that may stand once stands again", "the last one of them"},
    {"type-malformed", "RFC 2045 section 5.1", true, "a Content-Type that had to be guessed at", "text/plain, other parameters"},
    {"encoding-unknown", "RFC 2045 section 6.4", true, "a Content-Transfer-Encoding that nobody knows", "application/octet-stream"},
    {"encoding-of-composite", "RFC 2045 section 6.4", true, "a multipart or a message in base64 or quoted-printable",
     "parts within what is decoded"},
    {"too-deep", "", true, "parts within more parts than are opened", "what is in them"},
    {"too-many-parts", "", true, "more parts than are told apart", "the parts behind them"},
    {"too-many-fields", "", true, "more fields than are looked at", "the fields behind them"},
    {"field-too-long", "", true, "a field of the content that is too long to be looked at", "that field"},
    {"mbox-line", "RFC 5322 section 2.2", false, "a line \"From \" of an mbox before the header", "a body without a header"},
};
static_assert(std::size(explanations) == static_cast<std::size_t>(Leniency::mbox_line) + 1);

}  // namespace

const Explanation& explain(Leniency leniency) { return explanations[static_cast<std::size_t>(leniency)]; }

}  // namespace mailpipe::mime
