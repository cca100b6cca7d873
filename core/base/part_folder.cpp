#include "core/base/part_folder.h"

#include <unistd.h>

#include <system_error>
#include <vector>

namespace quantwright {

namespace fs = std::filesystem;

Result<PartFolder> PartFolder::beside(const fs::path& final) {
    PartFolder folder;
    folder.m_final = final;
    const fs::path path =
        final.parent_path() / ("." + final.filename().string() + ".part-" + std::to_string(::getpid()));
    std::error_code error;
    fs::create_directory(path, error);
    if (error)
        return fail(ErrorCode::output_unwritable, final.string(), error.message());
    folder.m_folder = path;
    return folder;
}

PartFolder::PartFolder(PartFolder&& other) noexcept
    : m_folder(std::move(other.m_folder)), m_final(std::move(other.m_final)) {
    other.m_folder.clear();
}

PartFolder::~PartFolder() {
    std::error_code ignored;
    if (!m_folder.empty())
        fs::remove_all(m_folder, ignored);
}

Status PartFolder::commit() {
    std::error_code error;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(m_folder, error))
        if (entry.path().filename() != m_final.filename())
            files.push_back(entry.path());
    // The file itself last: it is never there without what belongs to it.
    files.push_back(place());
    for (const fs::path& file : files) {
        fs::rename(file, m_final.parent_path() / file.filename(), error);
        if (error)
            return fail(ErrorCode::output_unwritable, m_final.string(), error.message());
    }
    return {};
}

}  // namespace quantwright
