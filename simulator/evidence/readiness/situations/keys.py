"""Situations of API keys: making one, and what a key may do."""

from __future__ import annotations

from typing import Final

from simulator.evidence.readiness.detectors.combinators import Sign, again, either, final, foreseen, reached_by, watch
from simulator.evidence.readiness.detectors.requests import KEY_CALLS, same_request
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.situations.lost_answers import SIGNED

MADE: Final = Sign(KEY_CALLS, "made a key", ("OK",))
NEW: Final = ("add_api_key",)
OLD: Final = ("add_api_key_old",)
ORDINARY: Final = ("withdraw_v1", "withdraw_v3")
KEY: Final = b"kc-api-key"


def _was_good(history: History, place: int) -> bool:
    """True of an unknown key that this exchange has made before: the user has deleted it since."""
    return history.made_here(place)


def _local_site(history: History, place: int) -> bool:
    entry = history.entries[place]
    client = entry.before.clients.get(entry.outcome.subject.client)
    return client is not None and client.local_site


def _with_a_newer_key(history: History, place: int, later: int) -> bool:
    made = history.last_ok(later, KEY_CALLS)
    return made is not None and made > place


def _same_key(history: History, place: int, later: int) -> bool:
    """True if a later call asks for the same with the same key."""
    first, second = (history.entries[number].request.header(KEY) for number in (place, later))
    return first == second and same_request(history, place, later)


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "keys/name-taken", "The user has a key of that name already.",
        "A second key of one name is refused as Repeated apiName, with HTTP 200 and success false.",
        "Each login of the user fails, although the first key works.",
        "Keep the first key and use it, or tell the user to delete it at KuCoin.",
        "repeated-api-name", "keys", KEY_CALLS, ("s4/repeated-api-name",),
        final(KEY_CALLS, ("REPEATED_API_NAME",), "asked for a key whose name is taken"),
    ),
    Situation(
        "keys/limit", "The user has as many keys as a user may have.",
        "No further key is made (HTTP 200, success false); only the user can delete one.",
        "The user is taken for connected because the status was 200.",
        "Read success, tell the user to delete a key, and do not ask again by yourself.",
        "max-keys", "keys", KEY_CALLS, ("s4/key-limit",),
        final(KEY_CALLS, ("API_KEY_LIMIT_REACHED",), "asked for one key too many"),
    ),
    Situation(
        "keys/more-than-granted", "The broker asks for more permissions than the user has granted.",
        "40503, and no key.",
        "No key at all, although the user has granted enough for most things.",
        "Ask for less, or send the user through the login again to grant more.",
        "consent-narrowed", "keys", NEW, ("s7.1/grant", "H15/consent-enforced"),
        final(NEW, ("GROUPS_EXCEED_CONSENT",), "asked for more than was granted", helped_by=(MADE,), end=None),
    ),
    Situation(
        "keys/less-than-granted", "The broker asks for fewer permissions than the user has granted, and that is refused.",
        "Here by a switch; nobody knows what KuCoin does.",
        "No key at all.",
        "Ask for exactly what the user granted.",
        "", "keys", NEW, ("H15/consent-enforced",),
        final(NEW, ("GROUPS_NARROWER_THAN_CONSENT",), "asked for less than was granted", helped_by=(MADE,), end=None),
        "Let a user grant everything, and ask for a key with API_COMMON alone.",
        lines="choices: {narrower_than_consent: refuse}",
    ),
    Situation(
        "keys/address-book-flag", "isAddressbookOnly is not what the user ticked.",
        "40503; nothing tells beforehand what was ticked.",
        "No key for every user who wants to be careful.",
        "Ask again with the other value of the flag.",
        "address-book-only", "keys", NEW, ("H15/consent-enforced",),
        final(NEW, ("ADDRESSBOOK_ONLY_MISMATCH",), "sent another isAddressbookOnly than was granted", helped_by=(MADE,), end=None),
    ),
    Situation(
        "keys/no-futures-account", "The user has no futures account, and the key should have API_FUTURES.",
        "40503, and no key.",
        "No key for every user without futures.",
        "Leave API_FUTURES out for this user.",
        "demo", "keys", KEY_CALLS, ("H15/consent-enforced", "H18/old-endpoint-futures"),
        final(KEY_CALLS, ("FUTURES_NOT_OPENED",), "asked for futures without an account", helped_by=(MADE,), end=None),
        "Connect frank, who has no futures account, and ask for a key with API_FUTURES.",
    ),
    Situation(
        "keys/one-per-consent", "The consent has made a key already, and the exchange allows one.",
        "Here by a switch: the page can be read so.",
        "A second key is asked for in vain, for example after a lost answer.",
        "Send the user through the login again for another key.",
        "", "keys", KEY_CALLS, ("H21/keys-per-consent",),
        final(KEY_CALLS, ("CONSENT_HAS_A_KEY",), "asked for a second key of one consent"),
        "Make two keys after one login.",
        lines="choices: {keys_per_consent: one}",
    ),
    Situation(
        "keys/old-endpoint", "A broker of a local site uses the old key endpoint.",
        "A local site must use the new endpoint; the old one refuses.",
        "No key for any user of that site.",
        "Use /_oauth/resource/cyber-truck-vault/v2/outer/api-key/add.",
        "old-endpoint", "keys", KEY_CALLS, ("s4.2/local-site",),
        either(
            final(OLD, ("OLD_ENDPOINT_REFUSED",), "used the old endpoint for a local site", helped_by=(MADE,), end=None),
            foreseen(reached_by(NEW, ("OK",), _local_site), "used the new endpoint for a local site"),
        ),
    ),
    Situation(
        "keys/malformed-groups", "authGroupMap has an unknown name, or a value that is no boolean.",
        "400100 with the name of the field, and no key.",
        "No user can be connected after a change of the configuration.",
        "Send the seven names of the page with true or false.",
        "", "keys", NEW, ("H16/auth-group-map", "s4.2/auth-groups"),
        final(NEW, ("AUTH_GROUP_MAP_INVALID",), "sent a malformed authGroupMap", helped_by=(MADE,), end=None),
        "Ask for a key with a group that there is not, such as API_NOSUCH, in authGroupMap.",
    ),
    Situation(
        "keys/deleted", "The user has deleted the key at KuCoin.",
        "400003 with HTTP 401 for every call that is signed with it.",
        "Jobs knock with a dead key, and nobody asks the user.",
        "Forget the key, and ask the user to connect again.",
        "key-deleted", "keys", SIGNED, ("s8.2/headers",),
        watch(
            reached_by(SIGNED, ("API_KEY_UNKNOWN",), _was_good), "was signed with a key that the user had deleted",
            broken=(Sign(SIGNED, "knocked again and again with the deleted key", ("API_KEY_UNKNOWN",), _same_key, times=3),),
            handled=(Sign(("authorize", *KEY_CALLS), "is a new connection", anybody=True),), end=True, ending="nothing knocked again and again",
        ),
    ),
    Situation(
        "keys/ip-not-allowed", "The broker calls from an address that is not on its list.",
        "400006 with the address that KuCoin sees.",
        "All payments stop after a move to another machine.",
        "Stop, and register the address with KuCoin; neither a retry nor another key helps.",
        "ip-not-allowed", "keys", SIGNED, ("s2/ip-lists", "H26/observed-ip"),
        watch(
            reached_by(SIGNED, ("IP_NOT_ALLOWED",)), "came from an address that is not allowed",
            broken=(again(SIGNED, "came again and again from the same address"), Sign(SIGNED, "came from the same address with another key", ("IP_NOT_ALLOWED",), _with_a_newer_key)),
            handled=(Sign(SIGNED, "was let in", ("OK",)),), end=True, ending="nothing came again and again",
        ),
    ),
    Situation(
        "permissions/withdrawal", "The key lacks the permission for the broker withdrawal.",
        "400007; the user did not tick withdrawal, which is never ticked beforehand.",
        "Payments of this user fail for ever.",
        "Read authGroup in the answer with the key, and guide the user to tick withdrawal at another login.",
        "permission-missing", "payouts", ("withdraw",), ("s7.1/withdrawal-unticked", "s3/permissions"),
        final(("withdraw", "verify_withdrawal"), ("PERMISSION_MISSING",), "paid with a key that may not withdraw", helped_by=(MADE,)),
    ),
    Situation(
        "permissions/ordinary-withdrawal", "A key of a consent calls the ordinary withdrawal.",
        "400007: no consent grants the ordinary permission.",
        "Payments are built on an endpoint that a broker's keys can never use.",
        "Use POST /api/v2/broker/withdrawal with API_WITHDRAW_OAUTH.",
        "", "payouts", ORDINARY, ("H64/made-by-hand", "rest/permissions"),
        final(ORDINARY, ("PERMISSION_MISSING",), "called the ordinary withdrawal", helped_by=(Sign(("withdraw",), "used the broker withdrawal", ("OK",)),)),
        "Call POST /api/v3/withdrawals with a key that a consent has made.",
    ),
    Situation(
        "permissions/cancel", "A key of a consent cancels a withdrawal.",
        "400007: canceling asks for the ordinary permission, which no consent grants.",
        "The broker promises its customers a cancellation that it cannot make.",
        "Tell the customer that a payment cannot be taken back.",
        "payment-under-review", "payouts", ("cancel_withdrawal",), ("H71/permission",),
        final(("cancel_withdrawal",), ("PERMISSION_MISSING",), "tried to cancel without the permission"),
    ),
    Situation(
        "permissions/transfer", "The key lacks the permission to transfer.",
        "400007; transfers are not ticked beforehand.",
        "Money in the trading account cannot be paid out.",
        "Ask the user to grant flexible transfers, or to move the money by hand.",
        "little-granted", "accounts", ("make_transfer",), ("rest/permissions", "s3/permissions"),
        final(("make_transfer",), ("PERMISSION_MISSING",), "moved money without the permission", helped_by=(MADE,)),
    ),
    Situation(
        "permissions/inner-transfer", "The key lacks the permission of the older transfer.",
        "400007: it asks for Spot.",
        "Money in the trading account cannot be paid out.",
        "Ask the user to grant spot trading, or use the universal transfer with its own permission.",
        "little-granted", "accounts", ("make_inner_transfer",), ("rest/inner-transfer",),
        final(("make_inner_transfer",), ("PERMISSION_MISSING",), "moved money without the permission", helped_by=(MADE, Sign(("make_transfer",), "used the universal transfer", ("OK",)))),
        "Move the money with POST /api/v2/accounts/inner-transfer.",
    ),
    Situation(
        "permissions/reading", "The key lacks the permission to read what is asked for.",
        "400007, for example for futures without API_FUTURES.",
        "A dashboard fails as a whole because one account cannot be read.",
        "Read authGroup, and leave out what the user has not granted.",
        "little-granted", "accounts", tuple(name for name in SIGNED if name.startswith(("get_", "list_"))), ("rest/permissions", "s3/permissions"),
        final(tuple(name for name in SIGNED if name.startswith(("get_", "list_"))), ("PERMISSION_MISSING",), "read what the user had not granted", helped_by=(MADE,)),
        "Look at the futures account: GET /api/v1/account-overview.",
    ),
)
# fmt: on
