from backstay.interfaces.cli.main import main

main()
