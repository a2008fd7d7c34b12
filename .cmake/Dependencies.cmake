# Foreign libraries. Everything is linked statically but glibc (NSS and iconv need it dynamic): a process then
# starts in well under a millisecond. Each library's headers are included in one folder of lib/ only.
if(NOT MAILPIPE_DYNAMIC AND NOT MAILPIPE_SANITIZE)
    set(OPENSSL_USE_STATIC_LIBS ON)
    set(Boost_USE_STATIC_LIBS ON)
endif()
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS filesystem)
find_path(TL_EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
find_path(FMT_INCLUDE fmt/format-inl.h REQUIRED) # Debian has no static libfmt: lib/base/format.cpp instantiates it
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
find_path(NLOHMANN_JSON_INCLUDE nlohmann/json.hpp REQUIRED)
find_path(CARES_INCLUDE ares.h REQUIRED)
find_path(IDN2_INCLUDE idn2.h REQUIRED)
find_path(MIMETIC_INCLUDE mimetic/mimetic.h REQUIRED)
find_path(UTF8PROC_INCLUDE utf8proc.h REQUIRED)
find_path(XXHASH_INCLUDE xxhash.h REQUIRED) # its header alone
find_path(ZLIB_INCLUDE zlib.h REQUIRED)

# One static archive where there is one, else (or for comparison) the shared library.
function(mailpipe_find_library variable name)
    if(NOT MAILPIPE_DYNAMIC AND NOT MAILPIPE_SANITIZE)
        find_library(${variable} NAMES lib${name}.a ${name} REQUIRED)
    else()
        find_library(${variable} NAMES ${name} REQUIRED)
    endif()
endfunction()
mailpipe_find_library(CARES_LIBRARY cares)
mailpipe_find_library(IDN2_LIBRARY idn2)
mailpipe_find_library(UNISTRING_LIBRARY unistring) # libidn2's own
mailpipe_find_library(MIMETIC_LIBRARY mimetic)
mailpipe_find_library(CRYPT_LIBRARY crypt)
mailpipe_find_library(UTF8PROC_LIBRARY utf8proc)
mailpipe_find_library(ZLIB_LIBRARY z)
