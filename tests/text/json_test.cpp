// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "text/json.hpp"

using namespace mailpipe::text;

TEST_CASE("Strings are quoted, and what is not UTF-8 is replaced", "[text][rfc8259-7]") {
    CHECK(json_string("") == "\"\"");
    CHECK(json_string("a\"b\\c\n\x01") == "\"a\\\"b\\\\c\\n\\u0001\"");
    CHECK(json_string("\xc3\xa4") == "\"\xc3\xa4\"");
    CHECK(json_string("\xff") == "\"\xef\xbf\xbd\"");
}

TEST_CASE("Objects and arrays are put together", "[text]") {
    CHECK(JsonObject{}.text() == "{}");
    CHECK(JsonArray{}.text() == "[]");
    JsonArray array;
    array.add_raw("1").add_raw(JsonObject{}.add("a", "b").add("n", -5).add_raw("x", "null").text());
    CHECK(array.text() == "[1,{\"a\":\"b\",\"n\":-5,\"x\":null}]");
}
