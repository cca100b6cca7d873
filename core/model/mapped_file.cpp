#include "core/model/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace quantwright {

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
    // Not blocking: opening a pipe without a writer would wait for ever.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return nullptr;
    struct stat status = {};
    void* data = nullptr;
    int error = 0;
    const bool known = ::fstat(file, &status) == 0;
    if (!known)
        error = errno;
    const bool regular = known && S_ISREG(status.st_mode);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (regular && size > 0) {  // an empty mapping is refused by mmap
        data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
        if (data == MAP_FAILED)
            error = errno;
    }
    ::close(file);
    errno = error;
    if (!regular || error != 0)
        return nullptr;
    return std::shared_ptr<const MappedFile>(new MappedFile(static_cast<const std::byte*>(data), size));
}

MappedFile::~MappedFile() {
    if (m_size > 0)
        ::munmap(const_cast<std::byte*>(m_data), m_size);
}

}  // namespace quantwright
