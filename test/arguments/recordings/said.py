"""What a call with wrong arguments says."""


def text(call: object) -> str:
    try:
        call()
    except TypeError as error:
        return str(error)
    except BaseException:
        pass
    return ""
