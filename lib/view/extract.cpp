// SPDX-License-Identifier: ISC
#include "view/extract.hpp"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <cerrno>
#include <clocale>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/utf8.hpp"
#include "mime/attachment.hpp"
#include "mime/content_type.hpp"
#include "mime/part_number.hpp"
#include "view/part_body.hpp"
#include "view/safe_name.hpp"

namespace mailpipe::view {

namespace {

constexpr std::size_t max_same_names = 1'000'000;
constexpr mode_t file_mode = 0666;  // less the umask

/// What a part is called that has no name.
std::string name_for(const std::string& number, const std::string& type) {
    constexpr std::pair<std::string_view, std::string_view> extensions[] = {
        {"text/plain", ".txt"},     {"text/html", ".html"},      {"text/calendar", ".ics"}, {"message/rfc822", ".eml"},
        {"application/pdf", ".pdf"}, {"image/jpeg", ".jpg"},     {"image/png", ".png"},     {"image/gif", ".gif"},
        {"application/zip", ".zip"}, {"application/json", ".json"},
    };
    for (const auto& [known, extension] : extensions) {
        if (type == known) return fmt::format("part-{}{}", number, extension);
    }
    return "part-" + number;
}

/// Octets written.
Result<std::uint64_t> write_content(const Fd& file, std::string_view message, const mime::Part& part) {
    std::uint64_t octets = 0;
    Result<void> done;
    write_decoded(message, part, [&](std::string_view piece) {
        if (!done) return;
        octets += piece.size();
        done = write_all(file, piece);
    });
    if (!done) return failure(done.error());
    return octets;
}

}  // namespace

Result<Extractor> Extractor::open(std::string directory, std::string pattern) {
    const auto mask = ::umask(0);  // there is no other way to ask
    ::umask(mask);
    auto made = make_directories(directory, 0777 & ~mask);
    if (!made) {
        if (made.error().fault == Fault::permanent) made.error().status = ExitStatus::cannot_create;
        return failure(std::move(made).error());
    }
    Fd opened{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};  // which may be one to drop into, not to read
    if (!opened) return failure(system_error(errno, "open " + directory));
    if (!pattern.empty()) ::setlocale(LC_CTYPE, "C.UTF-8");  // for fnmatch(3): a character is one, whatever its octets
    return Extractor{std::move(directory), std::move(pattern), std::move(opened)};
}

Result<void> Extractor::extract(const Message& message, const mime::Structure& structure, const mime::Sink& out) {
    for (std::size_t index = 0; index < structure.parts.size(); ++index) {
        const auto& part = structure.parts[index];
        const auto name = safe_name(mime::file_name(message.text, part));
        if (!is_wanted(message.text, part, name)) continue;
        const auto number = mime::part_number(structure, index);
        const auto type = mime::content_type(message.text, part).name();
        const auto written = write(message.text, part, name.empty() ? name_for(number, type) : name);
        if (!written) return failure(written.error());
        out(fmt::format("{}\t{}\t{}\t{}/{}\t{}\n", number, line_for_terminal(type), written->octets, path_, written->name,
                        line_for_terminal(message.name)));
    }
    return {};
}

/// The message itself has no number where it is no single part.
bool Extractor::is_wanted(std::string_view message, const mime::Part& part, const std::string& name) const {
    if (part.kind == mime::Part::Kind::multipart) return false;
    if (pattern_.empty()) return mime::is_attachment(message, part);
    const bool is_of_types = pattern_.find('/') != pattern_.npos;
    const auto text = is_of_types ? mime::content_type(message, part).name() : name;
    return ::fnmatch(pattern_.c_str(), text.c_str(), FNM_CASEFOLD) == 0;
}

/// Its name comes last, so that nobody sees a part of it.
Result<Extractor::Written> Extractor::write(std::string_view message, const mime::Part& part, const std::string& wanted) const {
    if (!names_->are_links) return write_named(message, part, wanted);
    const Fd file{::openat(directory_.number(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, file_mode)};
    if (!file) return write_named(message, part, wanted);
    const auto octets = write_content(file, message, part);
    if (!octets) return failure(octets.error());
    auto name = with_free_name(wanted, [&](const std::string& free) { return link_open_file(file, directory_, free); });
    if (name) return Written{std::move(*name), *octets};
    names_->are_links = false;  // nor does a system without /proc
    return write_named(message, part, wanted);
}

Result<Extractor::Written> Extractor::write_named(std::string_view message, const mime::Part& part, const std::string& wanted) const {
    Fd file;
    auto name = with_free_name(wanted, [&](const std::string& free) -> Result<void> {
        auto made = create_exclusive_at(directory_, free, file_mode);
        if (!made) return failure(std::move(made).error());
        file = std::move(*made);
        return {};
    });
    if (!name) {
        auto& error = name.error();
        error.what.insert(0, path_ + ": ");
        if (error.fault == Fault::permanent) error.status = ExitStatus::cannot_create;
        return failure(std::move(error));
    }
    auto octets = write_content(file, message, part);
    if (octets) {
        if (const auto closed = file.close(); !closed) octets = failure(closed.error());
    }
    if (octets) return Written{std::move(*name), *octets};
    (void)unlink_at(directory_, *name);
    return failure(std::move(octets).error());
}

/// The first name that `make` does not find taken.
Result<std::string> Extractor::with_free_name(const std::string& wanted,
                                              const std::function<Result<void>(const std::string& name)>& make) const {
    const std::lock_guard lock{names_->mutex};
    auto& used = names_->used[wanted];
    while (used < max_same_names) {
        auto name = used == 0 ? wanted : numbered_name(wanted, used + 1);
        auto made = make(name);
        if (!made && made.error().number != EEXIST) return failure(std::move(made).error());
        ++used;
        if (made) return name;
    }
    return failure({Fault::permanent, fmt::format("too many files are called {}", wanted)});
}

}  // namespace mailpipe::view
