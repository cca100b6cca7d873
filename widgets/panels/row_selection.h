#pragma once
#include <QItemSelection>
#include <QModelIndexList>

namespace quantwright {

/// Rows as few ranges: neighbours under the same parent are one. Qt looks through all ranges for each
/// section of a header and each row it paints, so thousands of single rows would hold the window up.
[[nodiscard]] QItemSelection rowSelection(const QModelIndexList& rows);

}  // namespace quantwright
