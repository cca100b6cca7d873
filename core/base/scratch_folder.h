#pragma once
// Where files are made that nobody keeps.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace quantwright {

/// A folder of one's own that goes, with all that is in it, when this does.
class ScratchFolder {
public:
    ScratchFolder() = default;
    ~ScratchFolder() {
        std::error_code error;
        if (!m_folder.empty())
            std::filesystem::remove_all(m_folder, error);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    /// Inside `parent`, or where the system has such things. Errors: output.unwritable.
    Status make(const std::filesystem::path& parent) {
        std::error_code error;
        std::string name =
            ((parent.empty() ? std::filesystem::temp_directory_path(error) : parent) / "quantwright-XXXXXX")
                .string();
        if (error || !::mkdtemp(name.data()))
            return fail(ErrorCode::output_unwritable, name);
        m_folder = name;
        return {};
    }
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

private:
    std::filesystem::path m_folder;
};

}  // namespace quantwright
