#include "widgets/panels/row_selection.h"

#include <algorithm>
#include <map>
#include <vector>

namespace quantwright {

QItemSelection rowSelection(const QModelIndexList& rows) {
    std::map<QModelIndex, std::vector<int>> by_parent;
    for (const QModelIndex& index : rows)
        by_parent[index.parent()].push_back(index.row());
    QItemSelection selection;
    for (auto& [parent, numbers] : by_parent) {
        const QAbstractItemModel* model = rows.front().model();
        std::sort(numbers.begin(), numbers.end());
        for (std::size_t first = 0, next = 0; first < numbers.size(); first = next) {
            next = first + 1;
            while (next < numbers.size() && numbers[next] <= numbers[next - 1] + 1)
                ++next;
            selection.select(model->index(numbers[first], 0, parent),
                             model->index(numbers[next - 1], 0, parent));
        }
    }
    return selection;
}

}  // namespace quantwright
