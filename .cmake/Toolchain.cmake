# How everything is compiled and linked: PIE with hardening, sections collected, mold where it is there.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

add_library(mailpipe_flags INTERFACE)
target_compile_options(mailpipe_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> # GCC 12 sees overlaps in std::string that are none (its bug 105329)
    -ffunction-sections -fdata-sections -fno-plt -fstack-protector-strong)
target_link_options(mailpipe_flags INTERFACE -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -pie)

find_program(MOLD mold)
if(MOLD)
    target_link_options(mailpipe_flags INTERFACE -fuse-ld=mold)
endif()

if(MAILPIPE_SANITIZE)
    target_compile_options(mailpipe_flags INTERFACE
        -fsanitize=${MAILPIPE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(mailpipe_flags INTERFACE -fsanitize=${MAILPIPE_SANITIZE})
else()
    target_compile_options(mailpipe_flags INTERFACE $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
    if(NOT MAILPIPE_DYNAMIC)
        target_link_options(mailpipe_flags INTERFACE -static-libstdc++ -static-libgcc)
    endif()
endif()

if(MAILPIPE_FUZZ)
    target_compile_options(mailpipe_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
