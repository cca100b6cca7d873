#pragma once
// Where a file is built, and checked, before it gets its name.
#include <filesystem>

#include "core/base/result.h"

namespace quantwright {

/// A hidden folder beside a file's final place, removed with everything in it when this goes.
class PartFolder {
public:
    /// Errors: output.unwritable.
    static Result<PartFolder> beside(const std::filesystem::path& final);
    PartFolder(PartFolder&& other) noexcept;
    PartFolder& operator=(PartFolder&&) = delete;
    ~PartFolder();

    /// The file's place inside, under its final name.
    [[nodiscard]] std::filesystem::path place() const { return m_folder / m_final.filename(); }
    /// Moves all that is in the folder to the final place. Errors: output.*.
    Status commit();

private:
    PartFolder() = default;
    std::filesystem::path m_folder, m_final;
};

}  // namespace quantwright
