#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace quantwright {

namespace fs = std::filesystem;

namespace {

tl::unexpected<Error> write_error(const fs::path& path, int number) {
    const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    return fail(full ? ErrorCode::output_disk_full : ErrorCode::output_unwritable, path.string(),
                std::strerror(number));
}

fs::path temporary_for(const fs::path& path) {
    fs::path result = path;
    result += ".part-" + std::to_string(::getpid());
    return result;
}

/// Opens exclusively-by-name, writes, syncs and closes; the first failing step's errno, else 0.
int write_all(const fs::path& path, std::string_view content) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return errno;
    int error = 0;
    while (!content.empty() && error == 0) {
        const ssize_t written = ::write(file, content.data(), content.size());
        if (written > 0)
            content.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            error = errno;
    }
    if (error == 0 && ::fsync(file) != 0 && errno != EINVAL && errno != EROFS)
        error = errno;
    if (::close(file) != 0 && error == 0)
        error = errno;
    return error;
}

}  // namespace

AtomicFiles::~AtomicFiles() {
    for (const Pending& file : m_pending) {
        std::error_code ignored;
        fs::remove(file.temporary, ignored);
    }
}

Result<fs::path> AtomicFiles::reserve(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error))
        return write_error(path, EISDIR);
    // A rename would put a file in the place of a device or a pipe.
    if (fs::exists(path, error) && !fs::is_regular_file(path, error))
        return fail(ErrorCode::output_unwritable, path.string(), "not a regular file");
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    if (!fs::is_directory(folder, error))
        return write_error(path, ENOENT);
    if (::access(folder.c_str(), W_OK) != 0)
        return write_error(path, errno);
    m_pending.push_back({temporary_for(path), path});
    return m_pending.back().temporary;
}

Status AtomicFiles::add(const fs::path& path, std::string_view content) {
    const auto temporary = reserve(path);
    if (!temporary)
        return fail(temporary);
    if (const int error = write_all(*temporary, content))
        return write_error(path, error);
    return {};
}

Status AtomicFiles::commit() {
    for (const Pending& file : m_pending)
        if (::rename(file.temporary.c_str(), file.final.c_str()) != 0)
            return write_error(file.final, errno);
    m_pending.clear();
    return {};
}

Status write_file(const fs::path& path, std::string_view content) {
    AtomicFiles files;
    if (auto added = files.add(path, content); !added)
        return added;
    return files.commit();
}

Result<std::string> read_file(const fs::path& path, ErrorCode missing) {
    std::error_code error;
    if (!fs::exists(path, error))
        return fail(missing, path.string(), "no such file");
    if (fs::is_directory(path, error))
        return fail(missing, path.string(), "it is a folder");
    std::ifstream file(path, std::ios::binary);
    std::string content;
    if (!file || !(content.assign(std::istreambuf_iterator<char>(file), {}), !file.bad()))
        return fail(missing, path.string(), std::strerror(errno));
    return content;
}

Status refuse_overwriting(const fs::path& output, std::span<const fs::path> inputs) {
    for (const fs::path& input : inputs) {
        std::error_code error;
        if (fs::exists(output, error) && fs::equivalent(output, input, error))
            return fail(ErrorCode::output_equals_input, output.string());
    }
    return {};
}

}  // namespace quantwright
