"""States of network adapters and cluster networks, as the members find them by what they reach.

Rules: CLUSTER_NETINTERFACE_STATE and CLUSTER_NETWORK_STATE; adapters first, then the networks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import AdapterState, NetworkState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing import faults as truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.model.entities import Adapter
    from fcm.model.state import State


def adapter_states(state: State, network: str) -> dict[str, AdapterState]:
    """The states of all adapters on a network, by id.

    Those of a member that does not respond stay as they were until it is dropped. Failed: its own cable is the fault.
    Unreachable: it does not reach every other that is neither failed nor unavailable.
    """
    adapters = [adapter for adapter in state.adapters.values() if adapter.network == network]
    found: dict[str, AdapterState] = {}
    able: list[Adapter] = []
    for adapter in adapters:
        if not state.nodes[adapter.node].state.is_member:
            found[adapter.id] = AdapterState.UNAVAILABLE
        elif not truth.answers(state, adapter.node):
            found[adapter.id] = adapter.state
        elif not truth.is_plugged(state, adapter):
            found[adapter.id] = AdapterState.FAILED
        else:
            able.append(adapter)
    if not any(_may_matter(state, network)):
        return found | dict.fromkeys((adapter.id for adapter in able), AdapterState.UP)
    for adapter in able:
        dark = not truth.has_link(state, adapter)
        cut = any(not truth.carries(state, network, adapter.node, other.node) for other in able if other is not adapter)
        found[adapter.id] = AdapterState.UNREACHABLE if dark or cut else AdapterState.UP
    return found


def network_state(state: State, network: str, adapters: Mapping[str, AdapterState]) -> NetworkState:
    """Up: all members can talk; partitioned: some; down: no two; unavailable: it has no member."""
    found = [(state.adapters[key].node, one) for key, one in adapters.items()]
    found = [(node, one) for node, one in found if one is not AdapterState.UNAVAILABLE]
    if not found:
        return NetworkState.UNAVAILABLE
    if all(one is AdapterState.UP for _, one in found):
        return NetworkState.UP
    able = [node for node, one in found if one is not AdapterState.FAILED]
    pairs = ((one, other) for index, one in enumerate(able) for other in able[index + 1 :])
    talk = any(truth.carries(state, network, one, other) for one, other in pairs)
    return NetworkState.PARTITIONED if talk else NetworkState.DOWN


def _may_matter(state: State, network: str) -> list[bool]:
    """Whether a failure may part those that have a cable on a network."""
    kinds = (FaultKind.SWITCH_DOWN, FaultKind.ISOLATE)
    return [fault.kind in kinds and fault.target in (network, *state.nodes) for fault in state.faults.values()]
