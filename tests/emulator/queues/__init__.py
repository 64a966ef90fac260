"""The message queues of the account: SMQ, formerly MNS, HTTP API 2015-06-06. Source: push.md section 4.

A package of its own, since it has its own signatures, refusals and format. Its port is that of the gateway.
"""
